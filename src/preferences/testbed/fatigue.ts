/** An annotator who tires: the flip rate grows with the number of labels given. */
import { GuerdonError } from '../../records/error.ts'

/**
 * Flip rate of the n-th label (n counts from 0): ε_n = ε₀ + (ε₁ − ε₀)·(1 − e^(−n/τ)), between `start` and `end`.
 * Source: paper 00-preference-testbed.
 * @throws GuerdonError ARGUMENT_INVALID for a τ that is not positive or a negative n
 *
 * @example fatiguedFlipRate(0, { start: 0.05, end: 0.3, tau: 100 }) // 0.05
 */
export function fatiguedFlipRate(
  labelsGiven: number,
  { start, end, tau }: { readonly start: number; readonly end: number; readonly tau: number },
): number {
  if (!(tau > 0) || !(labelsGiven >= 0)) {
    throw new GuerdonError('ARGUMENT_INVALID', `${labelsGiven} labels with a time constant of ${tau}`, {
      expected: 'a number of labels that is not negative and a positive time constant',
    })
  }
  return start - (end - start) * Math.expm1(-labelsGiven / tau)
}
