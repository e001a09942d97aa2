/** Standardises a whole batch of advantages in place. */

/**
 * (x − mean) / (std + ε) over the valid entries, unbiased std, in place; the others become 0. Fewer than two valid
 * entries, or a batch of equal ones with ε = 0, become 0.
 *
 * @example standardiseBatch(Float64Array.of(1, 3), Uint8Array.of(1, 1), 0) // [−0.7071, 0.7071]
 */
export function standardiseBatch(values: Float64Array, valid: Uint8Array, epsilon: number): Float64Array {
  let count = 0
  let sum = 0
  for (let row = 0; row < values.length; row++) {
    if (valid[row] === 0) continue
    count++
    sum += values[row]!
  }
  const mean = count === 0 ? 0 : sum / count
  let squares = 0
  for (let row = 0; row < values.length; row++) {
    if (valid[row] === 1) squares += (values[row]! - mean) ** 2
  }
  const deviation = count < 2 ? 0 : Math.sqrt(squares / (count - 1))
  const scale = deviation + epsilon > 0 && count > 1 ? 1 / (deviation + epsilon) : 0
  for (let row = 0; row < values.length; row++) {
    values[row] = valid[row] === 1 ? (values[row]! - mean) * scale : 0
  }
  return values
}
