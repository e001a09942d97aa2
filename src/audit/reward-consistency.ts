/**
 * Does a reward notice that an answer belongs to another, similar instruction? For two instructions I₁, I₂ with their
 * preferred answers r₁, r₂ the reward of all four combinations is compared. Source: paper 32 (Contrast Instructions).
 */
import { wilsonInterval } from '../numerics/wilson-interval.ts'
import { GuerdonError } from '../records/error.ts'

export interface RewardConsistency {
  readonly examples: number
  /** share with R(I₁, r₁) > R(I₁, r₂): the authors' measure, query side only */
  readonly responseQueryOnly: number
  /** the same with ≥, as their fusion script counts */
  readonly responseQueryOnlyNonStrict: number
  /** both sides: R(I₁, r₁) > R(I₁, r₂) and R(I₂, r₂) > R(I₂, r₁), averaged; chance is ½ */
  readonly response: number
  /** R(I₁, r₁) > R(I₂, r₁) and R(I₂, r₂) > R(I₁, r₂), averaged; a reward that likes one instruction everywhere gets ½ */
  readonly instruction: number
  /** all four hold */
  readonly joint: number
  /** D = R(I₁, r₁) + R(I₂, r₂) − R(I₁, r₂) − R(I₂, r₁) of each example: no constant of an answer or instruction enters */
  readonly interaction: Float64Array
  /** 95 % Wilson interval of `responseQueryOnly` */
  readonly interval: readonly [number, number]
  /** `ignores the prompt` when that interval does not lie above ½ */
  readonly verdict: 'reads the prompt' | 'ignores the prompt'
}

/**
 * @param rewards examples × 4: R(I₁, r₁), R(I₁, r₂), R(I₂, r₁), R(I₂, r₂)
 * @throws GuerdonError DATA_EMPTY without examples
 * @example rewardConsistency(Float64Array.of(1, 0, 0, 1)).joint // 1
 */
export function rewardConsistency(rewards: Float64Array): RewardConsistency {
  const examples = Math.floor(rewards.length / 4)
  if (examples === 0) throw new GuerdonError('DATA_EMPTY', 'there are no contrast examples')
  const interaction = new Float64Array(examples)
  let own = 0
  let ownOrEqual = 0
  let other = 0
  let instruction = 0
  let joint = 0
  for (let row = 0; row < examples; row++) {
    const [a11, a12, a21, a22] = rewards.subarray(4 * row, 4 * row + 4) as unknown as [
      number,
      number,
      number,
      number,
    ]
    const holds = [a11 > a12, a22 > a21, a11 > a21, a22 > a12]
    own += holds[0] ? 1 : 0
    ownOrEqual += a11 >= a12 ? 1 : 0
    other += holds[1] ? 1 : 0
    instruction += (holds[2] ? 0.5 : 0) + (holds[3] ? 0.5 : 0)
    joint += holds.every(Boolean) ? 1 : 0
    interaction[row] = a11 + a22 - a12 - a21
  }
  const interval = wilsonInterval(own, examples)
  return {
    examples,
    responseQueryOnly: own / examples,
    responseQueryOnlyNonStrict: ownOrEqual / examples,
    response: (own + other) / (2 * examples),
    instruction: instruction / examples,
    joint: joint / examples,
    interaction,
    interval,
    verdict: interval[0] > 0.5 ? 'reads the prompt' : 'ignores the prompt',
  }
}
