/**
 * The thread of an ONNX session: a run blocks the thread it is in, and this one has nothing else to do. Outputs are
 * reduced here, so that hidden states and logits, which are large, do not travel.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { messageOf } from '../records/error.ts'
import type {
  RunRequest,
  SessionReply,
  SessionRequest,
  SessionSetup,
  TensorMessage,
  TensorPort,
} from './onnx-messages.ts'
import { poolTokens } from './pool-tokens.ts'
import { tokenLogProbabilities } from './token-log-probabilities.ts'

const port = parentPort!
const setup = workerData as SessionSetup
const reply = (message: SessionReply, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer)

const runtime = await import('onnxruntime-node').catch((error: unknown) => {
  // Installed without its library for this machine, it fails on loading and not on resolving.
  reply({ kind: 'unusable', reason: messageOf(error), packageMissing: true })
  return undefined
})

type Runtime = typeof import('onnxruntime-node')
type Session = import('onnxruntime-node').InferenceSession
type Value = import('onnxruntime-node').Tensor

function portsOf(metadata: Session['inputMetadata']): TensorPort[] {
  return metadata.map((entry) => ({
    name: entry.name,
    type: entry.isTensor ? entry.type : 'other',
    dims: entry.isTensor ? entry.shape : [],
  }))
}

function tensorOf({ Tensor }: Runtime, { type, data, dims }: TensorMessage): Value {
  // Runtime and language agree on Float16Array since they have it; the bits are the same.
  const values = type === 'float16' ? new Float16Array(data.buffer, data.byteOffset, data.length) : data
  return new Tensor(type, values as never, [...dims])
}

/** Numbers of an output, whatever type they have. */
function numbersOf(value: Value): ArrayLike<number> {
  const { data } = value
  if (value.type === 'float16' && data instanceof Uint16Array)
    return new Float16Array(data.buffer, data.byteOffset, data.length)
  if (value.type === 'string') throw new Error('the model gives texts, no numbers')
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return Array.from(data, Number)
  return data as unknown as ArrayLike<number>
}

function threeDims(dims: readonly number[]): [number, number, number] {
  if (dims.length !== 3) throw new Error(`the output has dimensions ${dims.join(' × ')}, not three`)
  return [dims[0]!, dims[1]!, dims[2]!]
}

async function run(loaded: Runtime, session: Session, request: RunRequest): Promise<void> {
  const feeds: Record<string, Value> = {}
  for (const [name, message] of Object.entries(request.feeds)) feeds[name] = tensorOf(loaded, message)
  const output = (await session.run(feeds, [request.output]))[request.output]
  if (output === undefined) throw new Error(`the model has no output ${request.output}`)
  const { reduction } = request
  let dims: readonly number[] = output.dims
  let data: Float64Array
  if (reduction.kind === 'pool') {
    const [rows, tokens, width] = threeDims(output.dims)
    data = poolTokens(numbersOf(output), [rows, tokens, width], reduction.lengths, reduction.how)
    dims = [rows, width]
  } else if (reduction.kind === 'log-probabilities') {
    const { offsets, starts, targets } = reduction
    data = tokenLogProbabilities(numbersOf(output), threeDims(output.dims), offsets, starts, targets)
    dims = [targets.length]
  } else {
    data = Float64Array.from(numbersOf(output))
  }
  output.dispose()
  reply({ kind: 'done', id: request.id, dims, data }, [data.buffer as ArrayBuffer])
}

if (runtime !== undefined) {
  try {
    const session = await runtime.InferenceSession.create(setup.path, {
      intraOpNumThreads: setup.threads,
      interOpNumThreads: 1,
      // Errors come back as errors; the library's own lines would mix with what a command prints.
      logSeverityLevel: 4,
    })
    let last: Promise<void> = Promise.resolve()
    port.on('message', (message: SessionRequest) => {
      last = last.then(async () => {
        if (message.kind === 'close') {
          await session.release()
          port.close()
          return
        }
        try {
          await run(runtime, session, message.run)
        } catch (error) {
          reply({ kind: 'failed', id: message.run.id, reason: messageOf(error) })
        }
      })
    })
    reply({ kind: 'ready', inputs: portsOf(session.inputMetadata), outputs: portsOf(session.outputMetadata) })
  } catch (error) {
    reply({ kind: 'unusable', reason: messageOf(error), packageMissing: false })
  }
}
