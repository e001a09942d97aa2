/** Values outside a program: what goes in, what comes out, what is stored. */
import { GuerdonError } from '../records/error.ts'
import { arrayOf, type Dtype, type NumberArray, type Shape, sizeOf } from './node.ts'

export interface HostTensor {
  readonly shape: Shape
  readonly dtype: Dtype
  /** row-major */
  readonly values: NumberArray
}

/** Named values, for example a model's parameters: `head.0.weight`. */
export type Parameters = Readonly<Record<string, HostTensor>>

const ARRAYS: Readonly<Record<Dtype, unknown>> = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  bool: Uint8Array,
}

/**
 * A host tensor of numbers; float32 unless said otherwise. A typed array of the right kind is taken, not copied.
 * @throws GuerdonError ARGUMENT_INVALID when the number of values does not fit the shape
 * @example hostTensor([1, 2, 3, 4], [2, 2]).shape // [2, 2]
 */
export function hostTensor(
  values: NumberArray | readonly number[],
  shape: Shape,
  dtype: Dtype = 'float32',
): HostTensor {
  if (values.length !== sizeOf(shape))
    throw new GuerdonError('ARGUMENT_INVALID', `${values.length} values for the shape [${shape}]`, {
      expected: `${sizeOf(shape)}`,
    })
  if (values.constructor === ARRAYS[dtype]) return { shape, dtype, values: values as NumberArray }
  const own = arrayOf(dtype, values.length)
  own.set(values)
  return { shape, dtype, values: own }
}

export const zerosLike = ({ shape, dtype }: HostTensor): HostTensor => ({
  shape,
  dtype,
  values: arrayOf(dtype, sizeOf(shape)),
})
