import type { Anatomy } from '../../../src/server/studio/schemas.ts'
import { SignalName } from '../components/signal-name.tsx'
import { csv } from '../export/csv.ts'
import { download } from '../export/download.ts'
import { signed } from '../format/number.ts'

/** Correlations inside groups as numbers on a ground that is darker the stronger they are; a sign, not a hue, says which way. */
export function CorrelationTable({ correlation }: { correlation: Anatomy['correlation'] }) {
  const { names, values } = correlation
  return (
    <div className="scroll-x" role="region" aria-label="Correlation of columns inside groups" tabIndex={0}>
      <table className="correlation">
        <thead>
          <tr>
            <td />
            {names.map((name) => (
              <th key={name} scope="col">
                <SignalName name={name} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {names.map((name, row) => (
            <tr key={name}>
              <th scope="row">
                <SignalName name={name} />
              </th>
              {names.map((other, column) => {
                const value = values[row]?.[column] ?? null
                const strength = value === null || row === column ? 0 : Math.round(Math.abs(value) * 35)
                return (
                  <td
                    key={other}
                    style={{ background: `color-mix(in srgb, var(--accent) ${strength}%, var(--surface))` }}
                  >
                    {row === column ? '' : signed(value)}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
      <button
        type="button"
        className="button"
        onClick={() =>
          download(
            'correlation.csv',
            new Blob(
              [
                csv({
                  head: ['column', ...names],
                  body: names.map((name, row) => [
                    name,
                    ...names.map((_, column) => values[row]?.[column] ?? null),
                  ]),
                }),
              ],
              { type: 'text/csv' },
            ),
          )
        }
      >
        Save as CSV
      </button>
    </div>
  )
}
