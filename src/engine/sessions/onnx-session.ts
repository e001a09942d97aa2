/** Runs programs with ONNX Runtime in the thread it is opened in; a run blocks that thread. */
import type { InferenceSession, Tensor as RuntimeTensor } from 'onnxruntime-common'
import { GuerdonError } from '../../records/error.ts'
import type { HostTensor, Parameters } from '../host-tensor.ts'
import { inputName, lower, operationsOf, outputName } from '../lowering/lower.ts'
import { type Dtype, type NumberArray, sameShape } from '../node.ts'
import { chosenDevice } from './device.ts'
import { filled, releaseTables } from './fill.ts'
import type { Feed, Session, SessionContents, SessionOptions } from './session.ts'

type Runtime = typeof import('onnxruntime-common')

/** onnxruntime-node, or undefined where it is not installed or has no binary for this machine. */
export async function loadOnnxRuntime(): Promise<Runtime | undefined> {
  try {
    return (await import('onnxruntime-node')) as unknown as Runtime
  } catch {
    return undefined
  }
}

/** Steps of more floating-point operations than this gain from a second thread. */
const TWO_THREADS_FROM = 3e9

const toRuntime = (runtime: Runtime, { shape, dtype, values }: HostTensor): RuntimeTensor =>
  new runtime.Tensor(dtype as 'float32', values as Float32Array, shape)

function toHost(tensor: RuntimeTensor): HostTensor {
  return { shape: tensor.dims, dtype: tensor.type as Dtype, values: tensor.data as NumberArray }
}

interface Loaded {
  readonly session: InferenceSession
  readonly inputs: readonly {
    readonly name: string
    readonly runtime: string
    readonly shape: readonly number[]
    readonly dtype: Dtype
  }[]
  readonly returned: readonly string[]
  readonly updates: readonly (readonly [output: string, state: string])[]
}

export async function openOnnxSession(
  contents: SessionContents,
  options: SessionOptions = {},
): Promise<Session> {
  const runtime = await loadOnnxRuntime()
  if (runtime === undefined)
    throw new GuerdonError('PACKAGE_MISSING', 'onnxruntime-node is not installed', {
      hint: 'Install it with npm install onnxruntime-node@1.30.0, or choose the back end "wasm"',
    })
  const device = await chosenDevice(runtime, options.device)
  const state = new Map(
    Object.entries(contents.state).map(([name, value]) => [name, toRuntime(runtime, value)]),
  )
  const functions = new Map<string, Loaded>()
  for (const [name, { graph, updates = {} }] of Object.entries(contents.functions)) {
    const session = await runtime.InferenceSession.create(lower(graph), {
      intraOpNumThreads: options.threads ?? (operationsOf(graph) > TWO_THREADS_FROM ? 2 : 1),
      interOpNumThreads: 1,
      graphOptimizationLevel: 'all',
      executionMode: 'sequential',
      logSeverityLevel: 3,
      ...(device !== 'cpu' && { executionProviders: [device, 'cpu'] }),
    })
    functions.set(name, {
      session,
      inputs: graph.inputs.map((entry) => ({ ...entry, runtime: inputName(entry.name) })),
      returned: graph.outputs.flatMap((output) => (output.name in updates ? [] : [output.name])),
      updates: Object.entries(updates),
    })
  }
  const tables = contents.tables ?? {}
  const seed = contents.seed ?? 0

  const runLoaded = async (
    name: string,
    feeds: Readonly<Record<string, Feed>>,
  ): Promise<InferenceSession.OnnxValueMapType> => {
    const loaded = functions.get(name)
    if (loaded === undefined)
      throw new GuerdonError('ARGUMENT_INVALID', `the session has no function "${name}"`)
    const given: Record<string, RuntimeTensor> = {}
    for (const { name: input, runtime: as, shape, dtype } of loaded.inputs) {
      const held = state.get(input)
      if (held !== undefined) {
        given[as] = held
        continue
      }
      const feed = feeds[input]
      if (feed === undefined) throw missing(name, input)
      const values = filled(feed, input, tables, seed)
      if (!sameShape(values.shape, shape) || values.dtype !== dtype) throw unfit(input, values, shape, dtype)
      given[as] = toRuntime(runtime, values)
    }
    const results = await loaded.session.run(given)
    for (const [output, into] of loaded.updates) state.set(into, results[outputName(output)] as RuntimeTensor)
    return results
  }

  return {
    backEnd: 'onnx',
    async run(name, feeds) {
      const results = await runLoaded(name, feeds)
      return Object.fromEntries(
        functions
          .get(name)!
          .returned.map((output) => [output, toHost(results[outputName(output)] as RuntimeTensor)]),
      )
    },
    async runMany(name, feeds, scalars) {
      const out = Object.fromEntries(scalars.map((scalar) => [scalar, new Float64Array(feeds.length)]))
      for (let index = 0; index < feeds.length; index++) {
        const results = await runLoaded(name, feeds[index]!)
        for (const scalar of scalars)
          out[scalar]![index] = Number((results[outputName(scalar)] as RuntimeTensor).data[0])
      }
      return out
    },
    async state() {
      return Object.fromEntries(
        [...state].map(([name, tensor]) => {
          const { values, ...rest } = toHost(tensor)
          return [name, { ...rest, values: values.slice() }]
        }),
      )
    },
    async setState(next: Parameters) {
      for (const [name, value] of Object.entries(next)) state.set(name, toRuntime(runtime, value))
    },
    async close() {
      releaseTables(tables)
      for (const { session } of functions.values()) await session.release()
    },
  }
}

export function missing(name: string, input: string): GuerdonError {
  return new GuerdonError('ARGUMENT_INVALID', `"${name}" was run without its input "${input}"`)
}

export function unfit(
  input: string,
  given: HostTensor,
  shape: readonly number[],
  dtype: Dtype,
): GuerdonError {
  return new GuerdonError('ARGUMENT_INVALID', `the input "${input}" has the wrong form`, {
    found: `${given.dtype} [${given.shape}]`,
    expected: `${dtype} [${shape}]`,
  })
}
