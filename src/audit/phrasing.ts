/** How sentences of findings show numbers. */

/** A share in per cent. */
export function inPercent(share: number): string {
  return `${(100 * share).toFixed(0)} %`
}

/** A number with three significant digits. */
export function short(value: number): string {
  return String(Number(value.toPrecision(3)))
}
