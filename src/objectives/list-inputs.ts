/** Lists of completions of one prompt: one list as a vector, or several of one width as rows with places left empty. */
import type { Tensor } from '../engine/tensor.ts'
import type { ObjectiveInput } from './objective.ts'

export const listMask = {
  description: 'above 0 for completions that are there, [lists, width]; all if left out',
  differentiable: false,
  optional: true,
} as const satisfies ObjectiveInput

/** A vector as one row; rows as they are. */
export const asRows = (values: Tensor): Tensor => (values.rank === 1 ? values.expand(0) : values)

/** Added to the entries that are not there, so that no softmax sees them. */
export const awayFrom = (present: Tensor, like: Tensor): Tensor => present.not().cast(like.dtype).mul(-1e9)
