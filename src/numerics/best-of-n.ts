/** What best-of-n would give, for every n, from N samples of a prompt that are already there. */
import { GuerdonError } from '../records/error.ts'
import { logGamma } from './gamma-function.ts'

/**
 * KL divergence of best-of-n sampling from the policy it samples: ln n − (n − 1)/n.
 *
 * @example bestOfNKl(1) // 0
 */
export function bestOfNKl(n: number): number {
  return Math.log(n) - (n - 1) / n
}

/** 1, 2, 4 … up to and always with N. */
export function doublingSizes(samples: number): number[] {
  const sizes: number[] = []
  for (let n = 1; n < samples; n *= 2) sizes.push(n)
  return [...sizes, samples]
}

/**
 * The expected `value` of the sample with the highest `proxy` among n of N drawn without replacement, for each n:
 * E = Σ_{i ≥ n} C(i − 1, n − 1) / C(N, n) · value₍ᵢ₎ over samples sorted by proxy; tied samples share their mean value.
 * Unbiased, no resampling. O(N log N + N · |n|).
 * @throws GuerdonError ARGUMENT_INVALID for an n outside 1 … N
 *
 * @example bestOfN(Float64Array.of(1, 2), Float64Array.of(0, 1), [1, 2]) // ≈ [0.5, 1]
 */
export function bestOfN(proxy: Float64Array, value: Float64Array, sizes: readonly number[]): Float64Array {
  const samples = proxy.length
  const order = Int32Array.from({ length: samples }, (_, index) => index).sort(
    (a, b) => proxy[a]! - proxy[b]!,
  )
  const sorted = new Float64Array(samples)
  for (let start = 0; start < samples; ) {
    let end = start
    let sum = 0
    while (end < samples && proxy[order[end]!] === proxy[order[start]!]) sum += value[order[end++]!]!
    sorted.fill(sum / (end - start), start, end)
    start = end
  }
  return Float64Array.from(sizes, (n) => {
    if (!(Number.isInteger(n) && n >= 1 && n <= samples)) {
      throw new GuerdonError('ARGUMENT_INVALID', `best of ${n} cannot be told from ${samples} samples`, {
        expected: `a whole number from 1 to ${samples}`,
      })
    }
    // C(i − 1, n − 1) / C(N, n) begins at 1 / C(N, n) for i = n and grows by i / (i − n + 1).
    let weight = Math.exp(logGamma(n + 1) + logGamma(samples - n + 1) - logGamma(samples + 1))
    let expected = 0
    for (let i = n; i <= samples; i++) {
      expected += weight * sorted[i - 1]!
      weight *= i / (i - n + 1)
    }
    return expected
  })
}
