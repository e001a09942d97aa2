/** Group normalisation (Wu and He, 2018): each group of channels of each image is standardised on its own. */
import { GuerdonError } from '../../records/error.ts'
import { standardise } from '../operations.ts'
import type { Layer } from './layer.ts'
import { repeated } from './layer-norm.ts'

export interface GroupNormOptions {
  readonly name: string
  readonly groups: number
  readonly channels: number
  readonly epsilon?: number
}

/**
 * x [batch, channels, …] → the same shape; weight and bias are [channels] and start as 1 and 0.
 * @throws GuerdonError ARGUMENT_INVALID when the groups do not divide the channels
 */
export function groupNorm({ name, groups, channels, epsilon = 1e-5 }: GroupNormOptions): Layer {
  if (channels % groups !== 0)
    throw new GuerdonError('ARGUMENT_INVALID', `${channels} channels cannot be cut into ${groups} groups`)
  return {
    initialise: () => ({
      [`${name}.weight`]: repeated(channels, 1),
      [`${name}.bias`]: repeated(channels, 0),
    }),
    apply(parameters, x) {
      const [batch, , ...rest] = x.shape
      const perChannel = [channels, ...rest.map(() => 1)]
      return standardise(x.reshape([batch! * groups, -1]), epsilon)
        .reshape(x.shape)
        .mul(parameters[`${name}.weight`]!.reshape(perChannel))
        .add(parameters[`${name}.bias`]!.reshape(perChannel))
    },
  }
}
