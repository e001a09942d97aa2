/** Numbers as people read them: short, aligned, never more digits than they carry. */

const group = (digits: string): string => digits.replace(/\B(?=(\d{3})+(?!\d))/g, '\u202f')

/** A whole number with thin spaces between thousands. */
export function whole(value: number): string {
  return (value < 0 ? '\u2212' : '') + group(String(Math.abs(Math.round(value))))
}

/**
 * A number with at most `digits` decimals, less where it is large; null is a dash. What is nearer to zero than
 * 1e-9 is rounding of the sum it came from and reads as 0.
 *
 * @example decimal(0.35795) // '0.358'
 */
export function decimal(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined) return '–'
  const size = Math.abs(value)
  if (size < 1e-9) return '0'
  if (Number.isInteger(value)) return whole(value)
  if (size < 10 ** -digits / 2) return value.toExponential(1).replace('-', '\u2212')
  const text = size.toFixed(size >= 1000 ? 0 : size >= 100 ? Math.min(1, digits) : digits)
  const [before, after] = text.split('.')
  return (value < 0 ? '\u2212' : '') + group(before!) + (after === undefined ? '' : `.${after}`)
}

/** A correlation with its sign and two decimals. */
export function signed(value: number | null): string {
  if (value === null) return '–'
  return `${value < 0 ? '\u2212' : '+'}${Math.abs(value).toFixed(2)}`
}

/** A share as a percentage. */
export function percent(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–'
  const share = value * 100
  return `${share !== 0 && Math.abs(share) < 10 ? share.toFixed(1) : share.toFixed(0)} %`.replace(
    '-',
    '\u2212',
  )
}

/** Seconds with a fitting unit. */
export function duration(seconds: number): string {
  if (seconds < 1e-3) return `${decimal(seconds * 1e6, 0)} µs`
  if (seconds < 1) return `${decimal(seconds * 1e3, seconds < 0.01 ? 1 : 0)} ms`
  if (seconds < 120) return `${decimal(seconds, 1)} s`
  return `${whole(seconds / 60)} min`
}

/** "1 row", "2 rows". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${whole(count)} ${count === 1 ? one : many}`
}

/** How long ago a moment was, in one unit. */
export function ago(moment: number, now: number): string {
  const seconds = Math.max(0, (now - moment) / 1000)
  if (seconds < 60) return 'just now'
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`
  return `${counted(Math.floor(seconds / 86_400), 'day')} ago`
}
