/** Programs that are run as functions: written once in tensors, compiled once per shape, called with values. */
import { graphOf } from './graph.ts'
import { type HostTensor, hostTensor, type Parameters } from './host-tensor.ts'
import type { Dtype, NumberArray, Shape } from './node.ts'
import type { TensorTree } from './optimiser.ts'
import { openSession } from './sessions/open-session.ts'
import type { SessionOptions } from './sessions/session.ts'
import { constant, input, type Tensor } from './tensor.ts'

export interface Specification {
  readonly shape: Shape
  readonly dtype?: Dtype
}

export type Values = HostTensor | NumberArray | readonly number[] | number

export interface Compiled<Out extends string> {
  /** Values in, values out. Plain numbers and lists take the input's shape and type. */
  run(values: Readonly<Record<string, Values>>): Promise<Record<Out, HostTensor>>
  close(): Promise<void>
}

/**
 * Compiles a function of tensors for the given input shapes.
 *
 * @throws GuerdonError ARGUMENT_INVALID for shapes that do not fit; PACKAGE_MISSING when the chosen back end is absent
 * @example const f = await compile({ x: { shape: [2] } }, ({ x }) => ({ y: x.mul(2) })); (await f.run({ x: [1, 2] })).y.values // Float32Array [2, 4]
 */
export async function compile<In extends string, Out extends string>(
  inputs: Readonly<Record<In, Specification>>,
  build: (tensors: Readonly<Record<In, Tensor>>) => Readonly<Record<Out, Tensor>>,
  options: SessionOptions & { readonly worker?: boolean } = {},
): Promise<Compiled<Out>> {
  const entries = Object.entries(inputs) as [In, Specification][]
  const tensors = Object.fromEntries(
    entries.map(([name, { shape, dtype }]) => [name, input(name, shape, dtype)]),
  ) as Record<In, Tensor>
  const session = await openSession(
    { functions: { call: { graph: graphOf(build(tensors)) } }, state: {} },
    { worker: false, ...options },
  )
  return {
    async run(values) {
      const feeds: Record<string, HostTensor> = {}
      for (const [name, { shape, dtype = 'float32' }] of entries) {
        const given = values[name]
        if (given === undefined) continue
        feeds[name] =
          typeof given === 'number'
            ? hostTensor([given], shape, dtype)
            : isHostTensor(given)
              ? given
              : hostTensor(given, shape, dtype)
      }
      return (await session.run('call', feeds)) as Record<Out, HostTensor>
    },
    close: () => session.close(),
  }
}

/** Values as part of a program, for example trained parameters that a scoring program does not change. */
export const constants = (parameters: Parameters): TensorTree =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, { values, shape, dtype }]) => [
      name,
      constant(values, shape, dtype),
    ]),
  )

const isHostTensor = (values: Exclude<Values, number>): values is HostTensor =>
  'values' in values && 'dtype' in values
