/** A generative judge's answer as a probability, from the logits of its two possible words. */
import { sigmoid } from '../../numerics/sigmoid.ts'
import { GuerdonError } from '../../records/error.ts'

/**
 * P(yes) = σ((ℓ_yes − ℓ_no)/T): the probability of "yes" among the two words. Logits and log-probabilities give the
 * same, since what they share cancels; several spellings of a word are joined first (`joinedLogProbability`).
 * Range [0, 1]; ½ for equal logits. Source: paper 00-reward-model-losses, generative judge.
 * @throws GuerdonError ARGUMENT_INVALID for a temperature that is not positive, or two logits of −∞ (neither word)
 *
 * @example yesProbability(1, 1) // 0.5
 */
export function yesProbability(yesLogit: number, noLogit: number, temperature = 1): number {
  const difference = (yesLogit - noLogit) / temperature
  if (!(temperature > 0) || Number.isNaN(difference)) {
    throw new GuerdonError('ARGUMENT_INVALID', 'the judge’s words have no probability', {
      expected: 'two logits that are not both infinite, and a positive temperature',
      found: [yesLogit, noLogit, temperature],
    })
  }
  return sigmoid(difference)
}

/**
 * log Σ e^ℓ over the spellings of one word ("Yes", " yes", …); −∞ for none.
 *
 * @example joinedLogProbability([Math.log(0.25), Math.log(0.25)]) // ≈ -0.6931
 */
export function joinedLogProbability(logProbabilities: readonly number[]): number {
  const largest = Math.max(...logProbabilities)
  if (!Number.isFinite(largest)) return largest
  return largest + Math.log(logProbabilities.reduce((sum, value) => sum + Math.exp(value - largest), 0))
}
