/** The mean over the pairs that count. */
import { where } from '../engine/operations.ts'
import type { Tensor } from '../engine/tensor.ts'

/** Mean of the entries whose mask is above 0; 0 when there is none, so that such a batch moves nothing. */
export function pairMean(values: Tensor, mask?: Tensor): Tensor {
  if (mask === undefined) return values.mean()
  const counts = mask.greater(0)
  const sum = where(counts, values, 0).sum()
  return sum.div(counts.cast(values.dtype).sum().maximum(1))
}
