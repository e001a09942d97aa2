/** Dropout (Srivastava and others, 2014): its noise is an input of the program, drawn from the session's seeded streams. */

import { GuerdonError } from '../../records/error.ts'
import type { Shape } from '../node.ts'
import type { Noise } from '../sessions/session.ts'
import type { Tensor } from '../tensor.ts'

/**
 * The batch input of one dropout mask: entries are 1/(1 − rate) with probability 1 − rate, else 0. Give it to `extra`
 * of `fit` or to `batch` of `openTrainer`; without a mask (for example in an evaluation) nothing is dropped.
 *
 * @throws GuerdonError ARGUMENT_INVALID for a rate outside [0, 1)
 * @example dropoutMask([4, 8], 0.25).noise // { keep: 0.75 }
 */
export function dropoutMask(shape: Shape, rate: number): { readonly shape: Shape; readonly noise: Noise } {
  if (!(rate >= 0 && rate < 1))
    throw new GuerdonError('ARGUMENT_INVALID', 'a dropout rate outside [0, 1)', { found: rate })
  return { shape, noise: { keep: 1 - rate } }
}

/** x where the mask keeps it, scaled so that the mean stays; x itself without a mask. */
export const dropout = (x: Tensor, mask: Tensor | undefined): Tensor => (mask === undefined ? x : x.mul(mask))
