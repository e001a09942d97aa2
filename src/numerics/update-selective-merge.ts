/** Merging a trained tensor into its base by its largest updates only (paper 04, DLER, section on merging). */
import { GuerdonError } from '../records/error.ts'

export interface SelectiveMerge<T extends Float64Array | Float32Array> {
  readonly merged: T
  /** 1 where the update was kept */
  readonly kept: Uint8Array
}

/**
 * base + scale · Δ on the ⌈keep · n⌉ entries of largest |Δ| = |trained − base|, base elsewhere; of equal sizes the
 * lower index is kept. The share is of this tensor: call it by tensor, or on the concatenation for a global share.
 * `keep: 1, scale: 1` gives the trained tensor, `keep: 0` the base. Time O(n log n).
 *
 * @throws GuerdonError ARGUMENT_INVALID for lengths that differ, `keep` outside [0, 1], or a number that is not finite
 * @example updateSelectiveMerge(Float64Array.of(0, 0), Float64Array.of(1, -2), { keep: 0.5, scale: 0.7 }).merged // [0, −1.4]
 */
export function updateSelectiveMerge<T extends Float64Array | Float32Array>(
  base: T,
  trained: T,
  { keep, scale }: { readonly keep: number; readonly scale: number },
): SelectiveMerge<T> {
  const size = base.length
  if (trained.length !== size) {
    throw new GuerdonError('ARGUMENT_INVALID', 'the two tensors have different sizes', {
      expected: `${size} entries`,
      found: trained.length,
    })
  }
  if (!(keep >= 0 && keep <= 1)) {
    throw new GuerdonError('ARGUMENT_INVALID', 'the share of updates that are kept', {
      expected: 'a number from 0 to 1',
      found: keep,
    })
  }
  const magnitudes = new Float64Array(size)
  for (let entry = 0; entry < size; entry++) {
    magnitudes[entry] = Math.abs(trained[entry]! - base[entry]!)
    if (!Number.isFinite(magnitudes[entry]!)) {
      throw new GuerdonError('ARGUMENT_INVALID', `entry ${entry} of a tensor is not a finite number`)
    }
  }
  const wanted = Math.min(size, Math.ceil(keep * size))
  const merged = base.slice() as T
  const kept = new Uint8Array(size)
  if (wanted === 0) return { merged, kept }
  const sorted = magnitudes.slice().sort()
  const smallest = sorted[size - wanted]!
  let above = 0
  for (let entry = 0; entry < size; entry++) if (magnitudes[entry]! > smallest) above++
  let ties = wanted - above
  for (let entry = 0; entry < size; entry++) {
    const magnitude = magnitudes[entry]!
    if (magnitude < smallest || (magnitude === smallest && ties === 0)) continue
    if (magnitude === smallest) ties--
    kept[entry] = 1
    merged[entry] = base[entry]! + scale * (trained[entry]! - base[entry]!)
  }
  return { merged, kept }
}
