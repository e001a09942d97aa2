import type { GroupSummary } from '../../../../src/server/studio/schemas.ts'
import { SignalName } from '../../components/signal-name.tsx'
import { decimal, whole } from '../../format/number.ts'

/** A group in one line of numbers. */
export function GroupFacts({ group }: { group: GroupSummary }) {
  const { step, size, valid, mean, least, largest, disagreement } = group
  const equal = valid > 1 && least === largest
  return (
    <p className="facts">
      {step !== null && <span>step {whole(step)}</span>}
      <span>{whole(size)} completions</span>
      {valid < size && <span className="invalid-mark">■ {whole(size - valid)} invalid</span>}
      <span>
        mean <b>{decimal(mean)}</b>
      </span>
      <span>
        {equal ? 'all equal: nothing to learn from' : `from ${decimal(least)} to ${decimal(largest)}`}
      </span>
      {disagreement !== null && disagreement.rankCorrelation < 0.5 && (
        <span>
          <SignalName name={disagreement.a} /> and <SignalName name={disagreement.b} /> order it differently
          (rank correlation {decimal(disagreement.rankCorrelation, 2)})
        </span>
      )}
    </p>
  )
}
