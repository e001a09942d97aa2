import { type ReactNode, useCallback } from 'react'
import type { Histogram } from '../../../src/server/studio/schemas.ts'
import { counted, decimal, whole } from '../format/number.ts'
import { Figure } from './figure.tsx'
import type { Plot } from './use-plot.ts'

interface Bins {
  readonly edges: Histogram['edges']
  readonly counts: Histogram['counts']
}

interface Props {
  readonly bins: Bins
  readonly name: string
  readonly colour: string
  readonly height: number
  readonly title: ReactNode
}

/** How often each value of a column comes. */
export function HistogramChart({ bins, name, colour, height, title }: Props) {
  const draw = useCallback(
    (plot: Plot, width: number) => drawHistogram(plot, bins, { colour, width, height }),
    [bins, colour, height],
  )
  const { edges, counts } = bins
  const rows = counts.reduce((sum, count) => sum + count, 0)
  const whole = wholeNumbers(edges)
  const least = whole?.[0] ?? edges[0]
  const largest = whole?.at(-1) ?? edges.at(-1)
  return (
    <Figure
      title={title}
      caption={`${name}: ${counted(rows, 'row')} from ${decimal(least)} to ${decimal(largest)}`}
      note={`${decimal(least)} … ${decimal(largest)}, ${counted(rows, 'row')}`}
      height={height}
      draw={draw}
      name={`distribution of ${name}`}
      table={() => ({
        head: ['from', 'to', 'rows'],
        body: counts.map((count, bin) => [edges[bin]!, edges[bin + 1]!, count]),
      })}
    />
  )
}

function drawHistogram(
  plot: Plot,
  { edges, counts }: Bins,
  { colour, width, height }: { colour: string; width: number; height: number },
): Element {
  const whole = wholeNumbers(edges)
  const most = Math.max(2, Math.floor(width / 60))
  const bars = counts.map((count, bin) => ({ from: edges[bin]!, to: edges[bin + 1]!, count }))
  return plot.plot({
    className: 'plot',
    width,
    height,
    marginLeft: 40,
    marginRight: 12,
    marginTop: 8,
    marginBottom: 22,
    x: {
      label: null,
      ticks: whole !== null && whole.length <= most ? whole : most,
      tickSize: 3,
      ...(whole === null ? {} : { tickFormat: (value: number) => decimal(value) }),
    },
    y: { label: null, ticks: 2, tickFormat: compact, tickSize: 0, grid: true },
    marks: [
      plot.rectY(bars, { x1: 'from', x2: 'to', y: 'count', fill: colour, fillOpacity: 0.85, inset: 0.5 }),
      plot.ruleY([0], { stroke: 'var(--strong-line)' }),
      plot.tip(
        bars,
        plot.pointerX({
          x: ({ from, to }) => (from + to) / 2,
          y: 'count',
          title: ({ from, to, count }) =>
            `${whole === null ? `${decimal(from)} … ${decimal(to)}` : decimal((from + to) / 2)}\n${counted(count, 'row')}`,
        }),
      ),
    ],
  })
}

/** The values that bins of one whole number each stand for; null for other bins. */
function wholeNumbers(edges: readonly number[]): number[] | null {
  const each = edges.every(
    (edge, index) => Math.abs(edge % 1) === 0.5 && (index === 0 || edge - edges[index - 1]! === 1),
  )
  return each ? edges.slice(1).map((edge) => edge - 0.5) : null
}

const compact = (count: number): string =>
  count >= 1e6 ? `${decimal(count / 1e6, 1)} M` : count >= 1e4 ? `${decimal(count / 1e3, 0)} k` : whole(count)
