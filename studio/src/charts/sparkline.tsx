type Point = readonly [number, number | null]

interface Props {
  readonly points: readonly Point[]
  readonly colour: string
  /** what it shows, read aloud */
  readonly label: string
}

const width = 120
const height = 28

/** A curve as small as a word. Values that are missing leave a gap. */
export function Sparkline({ points, colour, label }: Props) {
  const known = points.filter((point): point is readonly [number, number] => point[1] !== null)
  if (known.length === 0) return <span className="spark-empty">no values yet</span>
  const values = known.map(([, value]) => value)
  const least = Math.min(...values)
  const span = Math.max(...values) - least
  const first = points[0]![0]
  const extent = points.at(-1)![0] - first || 1
  const x = (at: number): number => 2 + ((at - first) / extent) * (width - 6)
  // A curve that does not move is drawn in the middle.
  const y = (value: number): number =>
    span === 0 ? height / 2 : height - 3 - ((value - least) / span) * (height - 6)
  let path = ''
  let pen = 'M'
  for (const [at, value] of points) {
    if (value === null) pen = 'M'
    else {
      path += `${pen}${x(at).toFixed(1)} ${y(value).toFixed(1)}`
      pen = 'L'
    }
  }
  const [lastAt, lastValue] = known.at(-1)!
  return (
    <svg
      className="spark"
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={label}
      preserveAspectRatio="none"
    >
      <path d={path} fill="none" stroke={colour} strokeWidth="1.5" vectorEffect="non-scaling-stroke" />
      <path
        d={`M${x(lastAt).toFixed(1)} ${y(lastValue).toFixed(1)}h0`}
        stroke={colour}
        strokeWidth="5"
        strokeLinecap="round"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  )
}
