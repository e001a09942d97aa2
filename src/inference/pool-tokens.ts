/** How the vectors of a text's tokens become the vector of the text. */

export type Pooling = 'mean' | 'cls' | 'last'

/**
 * Pools token vectors over the tokens that are no padding: their mean, the first (`cls`) or the last of them. Padding is
 * on the right.
 *
 * @param hidden rows × tokens × width, row-major
 * @param lengths tokens of each row that count; a row of 0 tokens gives zeros
 * @returns rows × width
 * @example poolTokens([1, 2, 3, 4, 9, 9], [1, 3, 2], Int32Array.of(2), 'mean') // Float64Array [2, 3]
 */
export function poolTokens(
  hidden: ArrayLike<number>,
  dims: readonly [rows: number, tokens: number, width: number],
  lengths: Int32Array,
  how: Pooling,
): Float64Array {
  const [rows, tokens, width] = dims
  const pooled = new Float64Array(rows * width)
  for (let row = 0; row < rows; row++) {
    const length = lengths[row]!
    if (length === 0) continue
    const first = how === 'last' ? length - 1 : 0
    const end = how === 'cls' ? 1 : length
    for (let token = first; token < end; token++) {
      const from = (row * tokens + token) * width
      for (let column = 0; column < width; column++) pooled[row * width + column]! += hidden[from + column]!
    }
    const count = end - first
    if (count > 1) for (let column = 0; column < width; column++) pooled[row * width + column]! /= count
  }
  return pooled
}

/**
 * Brings each row to Euclidean length 1; a row of zeros stays as it is.
 *
 * @param rows n × width, row-major; changed in place
 */
export function normaliseRows(rows: Float64Array | Float32Array, width: number): void {
  for (let start = 0; start < rows.length; start += width) {
    let squares = 0
    for (let index = start; index < start + width; index++) squares += rows[index]! * rows[index]!
    if (squares === 0) continue
    const scale = 1 / Math.sqrt(squares)
    for (let index = start; index < start + width; index++) rows[index]! *= scale
  }
}
