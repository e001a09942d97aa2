/**
 * The policy that KL-regularised reinforcement learning converges to, computed exactly over a finite set of candidates:
 * π* ∝ π₀·exp(u/γ). For rehearsals from logged samples, and for comparing rewards at equal KL, which is the only fair
 * way. Source: paper 06, target policy.
 */
import { GuerdonError } from '../records/error.ts'

function checkPolicy(reference: ArrayLike<number>, utilities: ArrayLike<number>): void {
  if (reference.length !== utilities.length || reference.length === 0) {
    throw new GuerdonError(
      'ARGUMENT_INVALID',
      `${reference.length} probabilities for ${utilities.length} utilities`,
      {
        expected: 'one probability and one utility for each of one or more candidates',
      },
    )
  }
  let total = 0
  for (let index = 0; index < reference.length; index++) {
    if (!(reference[index]! >= 0) || !Number.isFinite(utilities[index]!)) {
      throw new GuerdonError('ARGUMENT_INVALID', `candidate ${index} cannot be tilted`, {
        found: [reference[index], utilities[index]],
        expected: 'a probability of at least 0 and a finite utility',
      })
    }
    total += reference[index]!
  }
  if (!(Math.abs(total - 1) < 1e-6)) {
    throw new GuerdonError('ARGUMENT_INVALID', 'the reference policy does not add up to 1', { found: total })
  }
}

function tilt(
  reference: ArrayLike<number>,
  utilities: ArrayLike<number>,
  inverse: number,
  policy: Float64Array,
): void {
  let highest = Number.NEGATIVE_INFINITY
  for (let index = 0; index < policy.length; index++) {
    if (reference[index]! > 0 && utilities[index]! > highest) highest = utilities[index]!
  }
  let total = 0
  for (let index = 0; index < policy.length; index++) {
    // A candidate that the reference never gives must not overflow the exponent.
    const weight =
      reference[index]! > 0 ? reference[index]! * Math.exp((utilities[index]! - highest) * inverse) : 0
    policy[index] = weight
    total += weight
  }
  for (let index = 0; index < policy.length; index++) policy[index]! /= total
}

/**
 * Kullback–Leibler divergence Σ p·ln(p/q) of two distributions over the same candidates, in nats, [0, ∞].
 *
 * @example klDivergence([1, 0], [0.5, 0.5]) // 0.6931
 */
export function klDivergence(policy: ArrayLike<number>, reference: ArrayLike<number>): number {
  let sum = 0
  for (let index = 0; index < policy.length; index++) {
    if (policy[index]! > 0) sum += policy[index]! * Math.log(policy[index]! / reference[index]!)
  }
  return Math.max(sum, 0)
}

/**
 * π*(y) = π₀(y)·exp(u(y)/γ) / Z over n candidates. γ → 0 approaches the best candidate, γ = ∞ is π₀.
 *
 * @throws GuerdonError ARGUMENT_INVALID for γ ≤ 0, lengths that differ, a utility that is not finite, or a π₀ that does
 *   not add up to 1
 * @example tiltedPolicy([0.5, 0.5], [0, Math.log(3)], 1) // [0.25, 0.75]
 */
export function tiltedPolicy(
  reference: ArrayLike<number>,
  utilities: ArrayLike<number>,
  gamma: number,
): Float64Array {
  checkPolicy(reference, utilities)
  if (!(gamma > 0)) {
    throw new GuerdonError('ARGUMENT_INVALID', 'γ must be above 0', { found: gamma })
  }
  const policy = new Float64Array(reference.length)
  tilt(reference, utilities, 1 / gamma, policy)
  return policy
}

export interface TiltedPolicy {
  readonly policy: Float64Array
  /** Infinity when the target is 0 or all utilities are equal */
  readonly gamma: number
  /** KL(π* ‖ π₀) that was reached */
  readonly kl: number
}

/**
 * The tilted policy whose KL from π₀ is a given number of nats, by bisection on log γ. A target beyond what the best
 * candidates allow (−ln of their probability under π₀) gives the sharpest policy there is, with the KL it has.
 *
 * @example tiltedPolicyAtKl([0.5, 0.5], [0, 1], 0.1).kl // 0.1
 */
export function tiltedPolicyAtKl(
  reference: ArrayLike<number>,
  utilities: ArrayLike<number>,
  target: number,
): TiltedPolicy {
  checkPolicy(reference, utilities)
  if (!(target >= 0)) {
    throw new GuerdonError('ARGUMENT_INVALID', 'a KL divergence is at least 0', { found: target })
  }
  const policy = new Float64Array(reference.length)
  let lowest = Number.POSITIVE_INFINITY
  let highest = Number.NEGATIVE_INFINITY
  for (let index = 0; index < policy.length; index++) {
    if (reference[index] === 0) continue
    lowest = Math.min(lowest, utilities[index]!)
    highest = Math.max(highest, utilities[index]!)
  }
  const spread = highest - lowest
  if (target === 0 || spread === 0) {
    tilt(reference, utilities, 0, policy)
    return { policy, gamma: Number.POSITIVE_INFINITY, kl: 0 }
  }
  // In units of the spread, γ = e^30 changes nothing and γ = e^−40 leaves only ties of the best candidate.
  let sharp = -40
  let flat = 30
  for (let step = 0; step < 200 && flat - sharp > 1e-14; step++) {
    const middle = (sharp + flat) / 2
    tilt(reference, utilities, 1 / (spread * Math.exp(middle)), policy)
    if (klDivergence(policy, reference) > target) sharp = middle
    else flat = middle
  }
  const gamma = spread * Math.exp(flat)
  tilt(reference, utilities, 1 / gamma, policy)
  return { policy, gamma, kl: klDivergence(policy, reference) }
}
