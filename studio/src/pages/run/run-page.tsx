import { useEffect } from 'react'
import type { RunDetail, Series } from '../../../../src/server/studio/schemas.ts'
import { apiAddress } from '../../api/client.ts'
import { useQuery } from '../../api/use-query.ts'
import { HistogramChart } from '../../charts/histogram-chart.tsx'
import { SeriesChart } from '../../charts/series-chart.tsx'
import { AlertList } from '../../components/alert-list.tsx'
import { Loaded } from '../../components/loaded.tsx'
import { counted } from '../../format/number.ts'
import { useLive } from '../../live/live-context.tsx'
import { navigate, useAddress, withParameters } from '../../router/location.ts'
import { type Range, rangeOf } from '../../router/route.ts'
import { RunHeading } from '../run-heading.tsx'
import { RowsPanel } from './rows-panel.tsx'

/** What changed, and when? The reward over the whole run; below it, everything over the range that is chosen in it. */
export function RunPage({ detail }: { detail: RunDetail }) {
  const { run, trainerWarnings } = detail
  const { charts } = useLive()
  const address = useAddress()
  const range = rangeOf(address.searchParams)
  const narrowed = range.from !== null || range.to !== null
  const path = `/runs/${encodeURIComponent(run.id)}/series`
  const whole = useQuery<Series>(apiAddress(path, { points: 400 }), charts)
  const part = useQuery<Series>(narrowed ? apiAddress(path, { ...range, points: 200 }) : null, charts)
  const below = narrowed ? part : whole
  const choose = (chosen: Range): void => navigate(withParameters(address, { ...chosen }))

  const wanted = address.hash === '#row-search'
  useEffect(() => {
    if (wanted) document.getElementById('row-search')?.focus()
  }, [wanted])

  return (
    <>
      <RunHeading title={run.id} detail={detail} />
      {run.alerts.length > 0 && (
        <section aria-label="Alerts">
          <AlertList alerts={run.alerts} now={Date.now()} />
        </section>
      )}
      {trainerWarnings.length > 0 && (
        <details className="warnings">
          <summary>{counted(trainerWarnings.length, 'note')} on how trainers change this reward</summary>
          <ul>
            {trainerWarnings.map(({ trainer, sentence }) => (
              <li key={trainer + sentence}>
                <strong>{trainer}</strong>: {sentence}
              </li>
            ))}
          </ul>
        </details>
      )}
      <Loaded query={whole} height={240}>
        {(series) => (
          <section aria-label="Reward" className="panel">
            {series.columns
              .filter(({ name }) => name === 'reward')
              .map((column) => (
                <SeriesChart
                  key={column.name}
                  column={{ ...column, finding: series.finding }}
                  axis={series.axis}
                  height={220}
                  level={2}
                  domain={domainOf(series)}
                  range={range}
                  onRange={choose}
                />
              ))}
          </section>
        )}
      </Loaded>
      <Loaded query={below} height={170} count={3}>
        {(series) => <Columns series={series} onRange={choose} />}
      </Loaded>
      <RowsPanel run={run.id} range={range} rewards={extentOf(whole.answer)} />
    </>
  )
}

function domainOf({ columns }: Series): readonly [number, number] {
  let first = Number.POSITIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  for (const { points } of columns) {
    if (points.length === 0) continue
    first = Math.min(first, points[0]!.at)
    last = Math.max(last, points.at(-1)!.at)
  }
  if (first > last) return [0, 1]
  return first === last ? [first - 0.5, last + 0.5] : [first, last]
}

/** Least and largest reward of the run's bands, so that a bar means the same in every list; null until it is known. */
function extentOf(series: Series | undefined): readonly [number, number] | null {
  const points = series?.columns.find(({ name }) => name === 'reward')?.points ?? []
  const lows = points.flatMap(({ low }) => low ?? [])
  const highs = points.flatMap(({ high }) => high ?? [])
  return lows.length === 0 ? null : [Math.min(...lows), Math.max(...highs)]
}

function Columns({ series, onRange }: { series: Series; onRange(range: Range): void }) {
  const domain = domainOf(series)
  const { advantages, matching, used } = series
  return (
    <section aria-label="Columns" className="multiples">
      {used < matching && (
        <p className="sampled">
          Drawn from {counted(used, 'row')} of {counted(matching, 'row')}, evenly spread.
        </p>
      )}
      {series.columns
        .filter(({ name }) => name !== 'reward')
        .map((column) => (
          <div key={column.name} className="panel">
            <SeriesChart column={column} axis={series.axis} height={120} domain={domain} onRange={onRange} />
          </div>
        ))}
      {advantages !== null && (
        <div className="panel">
          <HistogramChart
            bins={advantages}
            name="advantage"
            colour="var(--soft-ink)"
            height={120}
            title={<h3>How advantages are spread</h3>}
          />
        </div>
      )}
    </section>
  )
}
