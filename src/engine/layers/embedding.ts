/** A table of vectors looked up by whole numbers, initialised as PyTorch does: standard normal. */
import type { RandomStream } from '../../numerics/random.ts'
import { type HostTensor, hostTensor } from '../host-tensor.ts'
import { gather } from '../operations.ts'
import type { Layer } from './layer.ts'

export interface EmbeddingOptions {
  readonly name: string
  /** rows of the table: indices go from 0 to count − 1 */
  readonly count: number
  readonly width: number
  /** standard deviation of the starting values; 1 as in PyTorch, 0.02 is usual in language models */
  readonly deviation?: number
}

/** x int32 [i…] → [i…, width]; the weight is [count, width]. Indices out of range are not noticed. */
export function embedding({ name, count, width, deviation = 1 }: EmbeddingOptions): Layer {
  return {
    initialise: (stream) => ({
      [`${name}.weight`]: normal(stream.derive(`${name}.weight`), [count, width], deviation),
    }),
    apply: (parameters, x) => gather(parameters[`${name}.weight`]!, x),
  }
}

/** Normal values with mean 0. */
export function normal(stream: RandomStream, shape: readonly number[], deviation: number): HostTensor {
  const size = shape.reduce((product, length) => product * length, 1)
  return hostTensor(
    Float32Array.from({ length: size }, () => deviation * stream.normal()),
    shape,
  )
}
