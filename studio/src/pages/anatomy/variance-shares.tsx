import type { Anatomy } from '../../../../src/server/studio/schemas.ts'
import { Bar } from '../../charts/bar.tsx'
import { useHues } from '../../colour/hues-context.tsx'
import { signalColour } from '../../colour/signal-colour.ts'
import { SignalName } from '../../components/signal-name.tsx'
import { percent } from '../../format/number.ts'

/** Each column's share of the reward's variance inside groups, largest first. Shares of columns that move together overlap. */
export function VarianceShares({ columns }: { columns: Anatomy['columns'] }) {
  const hues = useHues()
  const ranked = columns
    .filter(({ kind }) => kind !== 'reward' && kind !== 'advantage')
    .sort((a, b) => (b.varianceShare ?? -1) - (a.varianceShare ?? -1))
  return (
    <table className="shares">
      <thead className="unseen">
        <tr>
          <th>column</th>
          <th>bar</th>
          <th>share of variance</th>
        </tr>
      </thead>
      <tbody>
        {ranked.map(({ name, varianceShare }) => (
          <tr key={name}>
            <th scope="row">
              <SignalName name={name} />
            </th>
            <td className="share-bar">
              <Bar value={varianceShare} domain={[0, 1]} colour={signalColour(hues, name)} />
            </td>
            <td className="number">{varianceShare === null ? 'undefined' : percent(varianceShare)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
