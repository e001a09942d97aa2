/** Masked mean, variance and whitening of token arrays, in the conventions of verl and of PAR's trainer. */
import { GuerdonError } from '../records/error.ts'

/** Added to the number of tokens in verl's masked mean, and to the variance before its root. */
const EPSILON = 1e-8

export interface MaskedMoments {
  /** entries inside the mask */
  readonly count: number
  /** Σ x·m / (count + 1e-8) */
  readonly mean: number
  readonly variance: number
}

/**
 * Mean and variance of the entries inside a mask; what lies outside is never looked at.
 * mean = Σ x·m / (n + 1e-8); variance = Σ (x − mean)²·m / (n + 1e-8), times n / (n − 1) if unbiased.
 * Source: verl torch_functional.py `masked_mean`, `masked_var`.
 *
 * @throws GuerdonError ARGUMENT_INVALID if nothing lies inside the mask, or one entry only and `unbiased`
 * @example maskedMoments(Float64Array.of(1, 3, 9), Uint8Array.of(1, 1, 0), true).mean // ≈ 2.0000
 */
export function maskedMoments(values: Float64Array, mask: Uint8Array, unbiased: boolean): MaskedMoments {
  let count = 0
  let sum = 0
  for (let entry = 0; entry < values.length; entry++) {
    if (mask[entry] === 0) continue
    count++
    sum += values[entry]!
  }
  if (count < (unbiased ? 2 : 1)) {
    throw new GuerdonError('ARGUMENT_INVALID', `${count} entries inside the mask have no variance`, {
      expected: unbiased ? 'at least two' : 'at least one',
    })
  }
  const mean = sum / (count + EPSILON)
  let squares = 0
  for (let entry = 0; entry < values.length; entry++) {
    if (mask[entry] === 0) continue
    const deviation = values[entry]! - mean
    squares += deviation * deviation
  }
  const variance = (squares / (count + EPSILON)) * (unbiased ? count / (count - 1) : 1)
  return { count, mean, variance }
}

export interface WhitenOptions {
  /** variance with n − 1 (verl) or with n (PAR, OpenRLHF) */
  readonly unbiased?: boolean
  /** add the mean again at the end: scale only */
  readonly keepMean?: boolean
}

/**
 * (x − mean) / √(variance + 1e-8) with the moments of the entries inside the mask. Every entry is transformed, those
 * outside the mask too: multiply by the mask where they must not count. Equal entries give about 0.
 * Source: verl torch_functional.py `masked_whiten`.
 *
 * @throws GuerdonError ARGUMENT_INVALID as `maskedMoments`
 * @example whiten(Float64Array.of(1, 3), Uint8Array.of(1, 1)) // ≈ [−0.7071, 0.7071]
 */
export function whiten(
  values: Float64Array,
  mask: Uint8Array,
  { unbiased = true, keepMean = false }: WhitenOptions = {},
): Float64Array {
  const { mean, variance } = maskedMoments(values, mask, unbiased)
  const scale = 1 / Math.sqrt(variance + EPSILON)
  const back = keepMean ? mean : 0
  const result = new Float64Array(values.length)
  for (let entry = 0; entry < values.length; entry++) result[entry] = (values[entry]! - mean) * scale + back
  return result
}

/**
 * Whitens in place and sets what lies outside the mask to 0. Where no variance exists (no entry, or a single one
 * with `unbiased`) everything becomes 0, for batches that may be that small.
 */
export function whitenMasked(values: Float64Array, mask: Uint8Array, unbiased: boolean): void {
  let count = 0
  for (let entry = 0; entry < values.length; entry++) if (mask[entry] !== 0) count++
  if (count < (unbiased ? 2 : 1)) {
    values.fill(0)
    return
  }
  const { mean, variance } = maskedMoments(values, mask, unbiased)
  const scale = 1 / Math.sqrt(variance + EPSILON)
  for (let entry = 0; entry < values.length; entry++) {
    values[entry] = mask[entry] === 0 ? 0 : (values[entry]! - mean) * scale
  }
}
