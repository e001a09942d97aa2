interface Props {
  readonly value: number | null
  /** what the whole width stands for: least and largest value */
  readonly domain: readonly [number, number]
  readonly colour: string
}

/** A bar from zero to a value; negative values go to the left of zero. Decoration beside the number itself. */
export function Bar({ value, domain, colour }: Props) {
  const least = Math.min(0, domain[0])
  const extent = Math.max(0, domain[1]) - least || 1
  const place = (number: number): number => ((number - least) / extent) * 100
  const zero = place(0)
  const end = value === null ? zero : Math.min(100, Math.max(0, place(value)))
  return (
    <span className="bar" aria-hidden="true">
      <span
        className="bar-fill"
        style={{ left: `${Math.min(zero, end)}%`, width: `${Math.abs(end - zero)}%`, background: colour }}
      />
      {zero > 0 && <span className="bar-zero" style={{ left: `${zero}%` }} />}
    </span>
  )
}
