/** log(1 − e^−x) in tensors. */
import { softplus } from '../engine/operations.ts'
import type { Tensor } from '../engine/tensor.ts'

/**
 * log(1 − e^−x) for x > 0, in (−∞, 0), as log tanh(x/2) + log(1 + e^−x): exact at both ends, where the plain form
 * loses its digits.
 */
export const logOfComplement = (x: Tensor): Tensor => x.mul(0.5).tanh().log().add(softplus(x.neg()))
