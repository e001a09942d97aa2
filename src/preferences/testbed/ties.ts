/** Comparisons that may end in a tie. */
import { sigmoid } from '../../numerics/sigmoid.ts'
import { GuerdonError } from '../../records/error.ts'

export interface TieProbabilities {
  readonly a: Float64Array
  readonly b: Float64Array
  readonly tie: Float64Array
}

function refuse(name: string, found: number): never {
  throw new GuerdonError('ARGUMENT_INVALID', `${name} of a tie model must not be negative`, { found })
}

/**
 * Davidson's model: with e = e^(Δ/2), P(A) = e/(e + 1/e + ν), P(B) = (1/e)/(e + 1/e + ν), P(tie) = ν/(e + 1/e + ν).
 * ν = 0 is Bradley–Terry. Computed with e^(−|Δ|/2), so that no difference overflows.
 * Source: Davidson 1970; paper 00-preference-testbed.
 * @param differences Δ, already times β
 * @throws GuerdonError ARGUMENT_INVALID for a negative ν
 *
 * @example davidsonTies([0], 2).tie // [0.5]
 */
export function davidsonTies(differences: ArrayLike<number>, nu: number): TieProbabilities {
  if (!(nu >= 0)) refuse('ν', nu)
  const size = differences.length
  const result = { a: new Float64Array(size), b: new Float64Array(size), tie: new Float64Array(size) }
  for (let row = 0; row < size; row++) {
    const difference = differences[row]!
    const half = Math.exp(-Math.abs(difference) / 2)
    const weaker = half * half
    const total = 1 + weaker + nu * half
    result.a[row] = (difference >= 0 ? 1 : weaker) / total
    result.b[row] = (difference >= 0 ? weaker : 1) / total
    result.tie[row] = (nu * half) / total
  }
  return result
}

/**
 * Rao and Kupper's model: P(A) = σ(Δ − τ), P(B) = σ(−Δ − τ), P(tie) = 1 − both.
 * The tie is computed as P(A)·P(B)·(e^(2τ) − 1), which is the same and never negative; τ = 0 is Bradley–Terry.
 * Source: Rao and Kupper 1967; paper 00-preference-testbed.
 * @throws GuerdonError ARGUMENT_INVALID for a negative threshold
 *
 * @example raoKupperTies([0], 0).a // [0.5]
 */
export function raoKupperTies(differences: ArrayLike<number>, threshold: number): TieProbabilities {
  if (!(threshold >= 0)) refuse('the threshold', threshold)
  const size = differences.length
  const result = { a: new Float64Array(size), b: new Float64Array(size), tie: new Float64Array(size) }
  for (let row = 0; row < size; row++) {
    const a = sigmoid(differences[row]! - threshold)
    const b = sigmoid(-differences[row]! - threshold)
    result.a[row] = a
    result.b[row] = b
    // Past a threshold of 300, e^(2τ) overflows while P(A)·P(B) vanishes.
    result.tie[row] = threshold < 300 ? a * b * Math.expm1(2 * threshold) : 1 - a - b
  }
  return result
}
