/** The chance that at least one of k samples is right, estimated without bias from n ≥ k samples. */
import { GuerdonError } from '../records/error.ts'

/**
 * pass@k = 1 − C(n − c, k) / C(n, k) for c right ones of n samples, as a product that cannot overflow.
 * Range [0, 1]; 1 as soon as fewer than k samples are wrong.
 * Source: Chen et al. 2021 (Codex), eq. 1; RLCR `eval/eval_utils.py`, `compute_pass_n`.
 * @throws GuerdonError ARGUMENT_INVALID unless 0 ≤ right ≤ samples and 1 ≤ k ≤ samples
 *
 * @example passAtK(8, 3, 1) // 0.375
 */
export function passAtK(samples: number, right: number, k: number): number {
  const whole = [samples, right, k].every(Number.isInteger)
  if (!whole || right < 0 || right > samples || k < 1 || k > samples) {
    throw new GuerdonError('ARGUMENT_INVALID', `pass@${k} of ${samples} samples with ${right} right`, {
      expected: '0 ≤ right ≤ samples and 1 ≤ k ≤ samples, whole numbers',
    })
  }
  const wrong = samples - right
  if (wrong < k) return 1
  let allWrong = 1
  for (let index = wrong + 1; index <= samples; index++) allWrong *= 1 - k / index
  return 1 - allWrong
}

/**
 * The mean of pass@k over prompts, each with a list of outcomes (1 right, 0 wrong).
 * @throws GuerdonError ARGUMENT_INVALID for no prompts or a prompt with fewer than k samples
 */
export function meanPassAtK(outcomes: readonly ArrayLike<number>[], k: number): number {
  if (outcomes.length === 0) {
    throw new GuerdonError('ARGUMENT_INVALID', 'there is no prompt', { expected: 'at least one' })
  }
  let sum = 0
  for (const list of outcomes) {
    let right = 0
    for (let index = 0; index < list.length; index++) if (list[index] === 1) right++
    sum += passAtK(list.length, right, k)
  }
  return sum / outcomes.length
}
