/** One advantage a rollout → the same number on each of its tokens, 0 outside the mask. */

/**
 * Repeats rollout advantages over tokens: entry t of rollout i is advantages[i] · mask[t].
 *
 * @param advantages n numbers
 * @param offsets n + 1 offsets of the rollouts' tokens
 * @param mask 1 for tokens of the policy, by token; all tokens if left out
 * @example expandTokens(Float64Array.of(2, 3), Int32Array.of(0, 2, 3)) // [2, 2, 3]
 */
export function expandTokens(advantages: Float64Array, offsets: Int32Array, mask?: Uint8Array): Float64Array {
  const tokens = new Float64Array(offsets[advantages.length] ?? 0)
  for (let rollout = 0; rollout < advantages.length; rollout++) {
    tokens.fill(advantages[rollout]!, offsets[rollout]!, offsets[rollout + 1]!)
  }
  if (mask !== undefined) for (let token = 0; token < tokens.length; token++) tokens[token]! *= mask[token]!
  return tokens
}
