/** Pearson's correlation inside a batch, in tensors. */
import { where } from '../engine/operations.ts'
import type { Tensor } from '../engine/tensor.ts'

/** The correlation of two columns, and whether there is one: neither may be constant. Gradients are finite then too. */
export function batchCorrelation(
  x: Tensor,
  y: Tensor,
): { readonly correlation: Tensor; readonly defined: Tensor } {
  const [dx, dy] = [x.sub(x.mean()), y.sub(y.mean())]
  const [vx, vy] = [dx.square().sum(), dy.square().sum()]
  // Rounding leaves a constant column with a variance of about the square of a unit in the last place.
  const least = x.square().sum().add(1).mul(1e-12)
  const leastOther = y.square().sum().add(1).mul(1e-12)
  const defined = vx.greater(least).and(vy.greater(leastOther))
  const scale = where(defined, vx, 1)
    .sqrt()
    .mul(where(defined, vy, 1).sqrt())
  return { correlation: where(defined, dx.mul(dy).sum().div(scale), 0), defined }
}
