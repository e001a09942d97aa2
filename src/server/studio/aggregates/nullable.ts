/** A number as it may leave the server: null where it is not finite. */
export function nullable(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
