import type { Anatomy, Histogram, RunDetail } from '../../../../src/server/studio/schemas.ts'
import { HistogramChart } from '../../charts/histogram-chart.tsx'
import { useHues } from '../../colour/hues-context.tsx'
import { signalColour } from '../../colour/signal-colour.ts'
import { Sentence } from '../../components/sentence.tsx'
import { SignalName } from '../../components/signal-name.tsx'
import { counted, decimal, duration, whole } from '../../format/number.ts'
import { Link } from '../../router/link.tsx'
import { rowAddress } from '../../router/route.ts'

interface Props {
  readonly run: string
  readonly column: Anatomy['columns'][number]
  readonly about: RunDetail['columns'][number] | undefined
}

/** One column: how it is spread before and after each shaping, where it is invalid and why, and how long it takes. */
export function ColumnPanel({ run, column, about }: Props) {
  const { name, finding, histogram, stages, invalidReasons, latency } = column
  const colour = signalColour(useHues(), name)
  return (
    <article className="panel column-panel" aria-label={name}>
      <header>
        <h2>
          <SignalName name={name} />
          {about?.method != null && <code>{about.method}</code>}
        </h2>
        <p>
          <Sentence text={finding} />
        </p>
        {about?.summary != null && <p className="quiet">{about.summary}</p>}
      </header>
      <div className="stages">
        <HistogramChart
          bins={histogram}
          name={name}
          colour={colour}
          height={110}
          title={<StageTitle title={stages.length > 0 ? 'as scored' : 'values'} histogram={histogram} />}
        />
        {stages.map((stage, index) => (
          <HistogramChart
            // biome-ignore lint/suspicious/noArrayIndexKey: a method may come twice in a chain; its place is what it is
            key={`${index} ${stage.name}`}
            bins={stage.histogram}
            name={`${name} after ${stage.method}`}
            colour={colour}
            height={110}
            title={<StageTitle title={`→ ${stage.method}`} histogram={stage.histogram} />}
          />
        ))}
      </div>
      {latency !== null && (
        <p className="quiet">
          One call takes {duration(latency.p50)} (half of them), {duration(latency.p99)} (99 of 100);{' '}
          {whole(latency.calls)} calls.
        </p>
      )}
      {invalidReasons.length > 0 && (
        <table className="reasons">
          <caption>
            <span className="invalid-mark">■ Invalid</span>
          </caption>
          <thead>
            <tr>
              <th scope="col">reason</th>
              <th scope="col" className="number">
                rows
              </th>
              <th scope="col">example</th>
            </tr>
          </thead>
          <tbody>
            {invalidReasons.map(({ reason, rows, example }) => (
              <tr key={reason}>
                <td>{reason}</td>
                <td className="number">{whole(rows)}</td>
                <td>
                  <Link href={rowAddress(run, example)}>row {whole(example)}</Link>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </article>
  )
}

function StageTitle({ title, histogram }: { title: string; histogram: Histogram }) {
  const { mean, standardDeviation, invalid } = histogram
  return (
    <h3 className="stage-title">
      <span>{title}</span>
      <span className="quiet">
        mean {decimal(mean)} ± {decimal(standardDeviation)}
      </span>
      {invalid > 0 && <span className="invalid-mark">■ {counted(invalid, 'invalid', 'invalid')}</span>}
    </h3>
  )
}
