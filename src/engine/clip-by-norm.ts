import type { TensorTree } from './optimiser.ts'
import type { Tensor } from './tensor.ts'

/** Gradients scaled so that their joint length is at most `most` (PyTorch's clip_grad_norm_), and that length. */
export function clipByNorm(
  gradients: TensorTree,
  most: number,
): { readonly gradients: TensorTree; readonly norm: Tensor } {
  const squares = Object.values(gradients).map((gradient) => gradient.square().sum())
  const norm = squares.reduce((sum, square) => sum.add(square)).sqrt()
  const scale = norm.add(1e-6).pow(-1).mul(most).minimum(1)
  return {
    gradients: Object.fromEntries(Object.entries(gradients).map(([name, g]) => [name, g.mul(scale)])),
    norm,
  }
}
