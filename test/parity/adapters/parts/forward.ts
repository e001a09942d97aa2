/** A forward pass with a vector's own weights, in double precision. */
import { compile } from '../../../../src/engine/compile.ts'
import { type HostTensor, hostTensor } from '../../../../src/engine/host-tensor.ts'
import type { TensorTree } from '../../../../src/engine/optimiser.ts'

export interface LinearWeights {
  readonly weight: number[][]
  readonly bias?: number[] | null
}

const shapeOf = (values: unknown): number[] =>
  Array.isArray(values) ? [values.length, ...shapeOf(values[0])] : []

export const doubles = (values: unknown): HostTensor =>
  hostTensor([values].flat(Infinity) as number[], shapeOf(values), 'float64')

/** A list of linear layers under the names that the engine's layers have. */
export function namedWeights(
  name: string,
  layers: readonly LinearWeights[] | LinearWeights,
): Record<string, HostTensor> {
  if (!Array.isArray(layers)) {
    const { weight, bias } = layers as LinearWeights
    return {
      [`${name}.weight`]: doubles(weight),
      ...(bias != null && { [`${name}.bias`]: doubles(bias) }),
    }
  }
  return Object.assign({}, ...layers.map((layer, index) => namedWeights(`${name}.${index}`, layer)))
}

/** Nested lists of a result's numbers. */
export function nested({ values, shape }: HostTensor): unknown {
  const cut = (from: number, to: number, axis: number): unknown => {
    if (axis === shape.length) return values[from]
    const size = (to - from) / shape[axis]!
    return Array.from({ length: shape[axis]! }, (_, i) =>
      cut(from + i * size, from + (i + 1) * size, axis + 1),
    )
  }
  return cut(0, values.length, 0)
}

/** Results as nested lists; a scalar as a number. */
export async function forward(
  inputs: Readonly<Record<string, HostTensor>>,
  build: (tensors: TensorTree) => TensorTree,
): Promise<Record<string, unknown>> {
  const program = await compile(inputs, build as (tensors: TensorTree) => Record<string, never>)
  try {
    const results = (await program.run(inputs)) as Record<string, HostTensor>
    return Object.fromEntries(Object.entries(results).map(([name, result]) => [name, nested(result)]))
  } finally {
    await program.close()
  }
}
