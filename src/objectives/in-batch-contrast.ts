/** Contrast inside a batch: each row of one view should be nearest to the same row of the other. */
import { arange, logSoftmax, norm, pick } from '../engine/operations.ts'
import { matmul, type Tensor } from '../engine/tensor.ts'

/** Rows divided by their length, which counts as 1e-8 at least. */
export const unitRows = (x: Tensor): Tensor => x.div(norm(x, true).maximum(1e-8))

/** −log softmax over the batch of cos(h_i, h'_j)/T at j = i: views [rows, width] → [rows]. */
export function inBatchContrast(view1: Tensor, view2: Tensor, temperature: number): Tensor {
  const [rows] = view1.shape as [number]
  const logs = logSoftmax(matmul(unitRows(view1), unitRows(view2), false, true).mul(1 / temperature))
  return pick(logs, arange(rows)).neg()
}
