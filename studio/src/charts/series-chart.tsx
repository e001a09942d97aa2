import { useCallback } from 'react'
import type { Series } from '../../../src/server/studio/schemas.ts'
import { useHues } from '../colour/hues-context.tsx'
import { signalColour } from '../colour/signal-colour.ts'
import { Sentence } from '../components/sentence.tsx'
import { counted, decimal, whole } from '../format/number.ts'
import type { Range } from '../router/route.ts'
import { Brush } from './brush.tsx'
import { Figure } from './figure.tsx'
import { marginLeft, marginRight } from './margins.ts'
import type { Plot } from './use-plot.ts'

type Column = Series['columns'][number]

interface Props {
  readonly column: Column
  readonly axis: Series['axis']
  readonly height: number
  /** first and last position of the axis */
  readonly domain: readonly [number, number]
  /** part that is chosen; shown as such */
  readonly range?: Range | undefined
  onRange(range: Range): void
  /** heading level of the finding */
  readonly level?: 2 | 3
}

/** One column over steps: the mean as a line, the middle 80 % of the rows as a band; dragging chooses a range. */
export function SeriesChart({ column, axis, height, domain, range, onRange, level = 3 }: Props) {
  const colour = signalColour(useHues(), column.name)
  const [first, last] = domain
  const draw = useCallback(
    (plot: Plot, width: number) =>
      drawSeries(plot, column, { axis, colour, width, height, domain: [first, last] }),
    [column, axis, colour, height, first, last],
  )
  const rows = column.points.reduce((sum, point) => sum + point.rows, 0)
  return (
    <Figure
      title={<SeriesTitle column={column} colour={colour} level={level} />}
      caption={`${column.name}: mean and 10–90 % band over ${axis === 'step' ? 'steps' : 'rows'} ${whole(first)}–${whole(last)}, ${counted(rows, 'row')}`}
      note={`${axis}s ${whole(first)}–${whole(last)}, ${counted(rows, 'row')}`}
      height={height}
      draw={draw}
      name={`${column.name} over ${axis}s`}
      table={() => ({
        head: [axis, 'mean', 'quantile 0.1', 'quantile 0.9', 'rows'],
        body: column.points.map(({ at, mean, low, high, rows }) => [at, mean, low, high, rows]),
      })}
      overlay={(width) => (
        <Brush
          width={width}
          positions={column.points.map(({ at }) => at)}
          domain={[first, last]}
          range={range}
          onRange={onRange}
        />
      )}
    />
  )
}

function SeriesTitle({ column, colour, level }: { column: Column; colour: string; level: 2 | 3 }) {
  const Heading = `h${level}` as const
  return (
    <Heading className="figure-heading">
      <span className="spot" style={{ background: colour }} aria-hidden="true" />
      <span>
        <Sentence text={column.finding} />
      </span>
    </Heading>
  )
}

interface Drawing {
  readonly axis: Series['axis']
  readonly colour: string
  readonly width: number
  readonly height: number
  readonly domain: readonly [number, number]
}

function drawSeries(
  plot: Plot,
  { points }: Column,
  { axis, colour, width, height, domain }: Drawing,
): Element {
  return plot.plot({
    className: 'plot',
    width,
    height,
    marginLeft,
    marginRight,
    marginTop: 8,
    marginBottom: 22,
    x: {
      domain: [...domain],
      label: null,
      ticks: Math.max(2, Math.floor(width / 90)),
      tickFormat: whole,
      tickSize: 3,
    },
    y: { label: null, ticks: Math.max(2, Math.floor(height / 40)), nice: true, tickSize: 0, grid: true },
    marks: [
      plot.areaY(points, { x: 'at', y1: 'low', y2: 'high', fill: colour, fillOpacity: 0.16 }),
      plot.lineY(points, { x: 'at', y: 'mean', stroke: colour, strokeWidth: 1.75 }),
      ...(points.length < 3 ? [plot.dot(points, { x: 'at', y: 'mean', fill: colour })] : []),
      plot.ruleX(points, plot.pointerX({ x: 'at', stroke: 'var(--strong-line)' })),
      plot.tip(
        points,
        plot.pointerX({
          x: 'at',
          y: 'mean',
          title: ({ at, mean, low, high, rows }) =>
            `${axis} ${whole(at)}\nmean ${decimal(mean)}\n10–90 % ${decimal(low)} … ${decimal(high)}\n${counted(rows, 'row')}`,
        }),
      ),
    ],
  })
}
