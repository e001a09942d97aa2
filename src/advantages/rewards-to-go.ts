/** Discounted rewards to go over ragged token arrays, the return of REINFORCE and its relatives. */

export interface RewardsToGoOptions {
  /** discount a token, 1 = none */
  readonly gamma: number
  /**
   * outside the mask: `carry` ignores the reward there and passes the return on; `reset` takes the reward there and
   * forgets the return after it, as verl's REINFORCE++ does at the end of a completion
   */
  readonly outside: 'carry' | 'reset'
}

/**
 * R_t = r_t + γ·R_{t+1}, backwards over each rollout's tokens `offsets[i] … offsets[i + 1] − 1`.
 * Same shape as `rewards`; entries outside the mask are written too (see `outside`).
 * Source: verl core_algos.py `compute_reinforce_plus_plus_outcome_advantage`, `compute_remax_outcome_advantage`.
 *
 * @example rewardsToGo(Float64Array.of(0, 1), Uint8Array.of(1, 1), Int32Array.of(0, 2), { gamma: 0.5, outside: 'carry' })
 *   // [0.5, 1]
 */
export function rewardsToGo(
  rewards: Float64Array,
  mask: Uint8Array,
  offsets: Int32Array,
  { gamma, outside }: RewardsToGoOptions,
): Float64Array {
  const returns = new Float64Array(rewards.length)
  for (let rollout = 0; rollout + 1 < offsets.length; rollout++) {
    const start = offsets[rollout]!
    let running = 0
    for (let token = offsets[rollout + 1]! - 1; token >= start; token--) {
      const inside = mask[token] !== 0
      running = (inside || outside === 'reset' ? rewards[token]! : 0) + gamma * running
      returns[token] = running
      if (!inside && outside === 'reset') running = 0
    }
  }
  return returns
}
