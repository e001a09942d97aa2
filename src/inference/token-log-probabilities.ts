/** From a causal model's logits to the log-probabilities of the tokens that came. */

/**
 * log softmax(logits)[target] for each target: logit of the target − max − ln Σ exp(logit − max), over the vocabulary,
 * in double precision.
 *
 * @param logits rows × positions × vocabulary, row-major; position t foretells the token at t + 1
 * @param offsets row r's targets are those from `offsets[r]` to `offsets[r + 1]`
 * @param starts position that foretells the row's first target
 * @returns one number ≤ 0 a target; NaN where the logits hold NaN or the target is not in the vocabulary
 * @example tokenLogProbabilities([0, 0, 1, 1], [1, 2, 2], Int32Array.of(0, 2), Int32Array.of(0), Int32Array.of(1, 0)) // ≈ [-0.6931, -0.6931]
 */
export function tokenLogProbabilities(
  logits: ArrayLike<number>,
  dims: readonly [rows: number, positions: number, vocabulary: number],
  offsets: Int32Array,
  starts: Int32Array,
  targets: Int32Array,
): Float64Array {
  const [rows, positions, vocabulary] = dims
  const found = new Float64Array(targets.length).fill(Number.NaN)
  for (let row = 0; row < rows; row++) {
    for (let index = offsets[row]!; index < offsets[row + 1]!; index++) {
      const position = starts[row]! + index - offsets[row]!
      const target = targets[index]!
      if (position >= positions || target < 0 || target >= vocabulary) continue
      const from = (row * positions + position) * vocabulary
      let most = Number.NEGATIVE_INFINITY
      for (let token = 0; token < vocabulary; token++) {
        const logit = logits[from + token]!
        if (!(logit <= most)) most = logit
      }
      let sum = 0
      for (let token = 0; token < vocabulary; token++) sum += Math.exp(logits[from + token]! - most)
      found[index] = logits[from + target]! - most - Math.log(sum)
    }
  }
  return found
}
