/** What a reward means for a policy and for comparisons, at a rationality β. Source: paper 26, macro level. */

/**
 * The policy p(y) ∝ exp(β r(y)) over given replies.
 * @example Array.from(boltzmannPolicy(Float64Array.of(0, Math.log(3)), 1)).map((p) => p.toFixed(2)) // ['0.25', '0.75']
 */
export function boltzmannPolicy(rewards: Float64Array, beta: number): Float64Array {
  let top = Number.NEGATIVE_INFINITY
  for (const reward of rewards) top = Math.max(top, beta * reward)
  const policy = rewards.map((reward) => Math.exp(beta * reward - top))
  const sum = policy.reduce((total, value) => total + value, 0)
  return policy.map((value) => value / sum)
}

/** P(a ≻ b) = σ(β(r_a − r_b)) for all pairs, n × n, row-major. */
export function boltzmannPreferences(rewards: Float64Array, beta: number): Float64Array {
  const n = rewards.length
  const preferences = new Float64Array(n * n)
  for (let a = 0; a < n; a++)
    for (let b = 0; b < n; b++) {
      const z = beta * (rewards[a]! - rewards[b]!)
      preferences[a * n + b] = z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z))
    }
  return preferences
}
