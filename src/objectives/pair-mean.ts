/** The mean over the pairs that count. */
import { where } from '../engine/operations.ts'
import { full, type Tensor } from '../engine/tensor.ts'

/**
 * Mean of the entries whose mask is above 0; 0 when there is none, so that such a batch moves nothing. `extra` is
 * added to their number where a trainer guards the division in this way.
 */
export function pairMean(values: Tensor, mask?: Tensor, extra = 0): Tensor {
  if (values.size === 0) return full([], 0, values.dtype)
  if (mask === undefined) return values.mean()
  const counts = mask.greater(0)
  const sum = where(counts, values, 0).sum()
  const number = counts.cast(values.dtype).sum()
  return sum.div(extra > 0 ? number.add(extra) : number.maximum(1))
}

/** Σ weight·value / Σ weight over the entries that count; 0 when the weights add up to 0. */
export function weightedMean(values: Tensor, weight: Tensor, mask?: Tensor): Tensor {
  const counted = mask === undefined ? weight : where(mask.greater(0), weight, 0)
  const total = counted.sum()
  const some = total.greater(0)
  return where(
    some,
    values
      .mul(counted)
      .sum()
      .div(where(some, total, 1)),
    0,
  )
}
