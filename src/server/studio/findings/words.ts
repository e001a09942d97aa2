/** How findings write numbers and names. */

/**
 * A number in at most three significant digits, without exponents where they can be avoided.
 *
 * @example inWords(0.4823) // '0.482'
 */
export function inWords(value: number): string {
  const size = Math.abs(value)
  if (value !== 0 && (size < 1e-4 || size >= 1e9)) return value.toExponential(1)
  if (size >= 1000) return grouped(Math.round(value))
  return String(Number(value.toPrecision(3)))
}

/**
 * A number that rounding left beside 0, measured against the spread of what it was made of, as 0.
 *
 * @example beside(1.4e-16, 0.8) // 0
 */
export function beside(value: number, spread: number): number {
  return Math.abs(value) < 1e-9 * spread ? 0 : value
}

/** A whole number with thin gaps between its thousands. */
export function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ' ')
}

/**
 * A share as a percentage; what is neither none nor all is never called 0 % or 100 %.
 *
 * @example percent(0.9231) // '92 %'
 */
export function percent(share: number): string {
  if (share > 0 && share < 0.01) return 'less than 1 %'
  if (share < 1 && share > 0.99) return 'more than 99 %'
  return `${Math.round(100 * share)} %`
}

/** A column's name as it stands in a sentence. */
export function named(name: string): string {
  return `\`${name}\``
}
