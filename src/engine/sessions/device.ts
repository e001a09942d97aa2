/** Which execution provider of ONNX Runtime computes, and whether it computes rightly on this machine. */
import { GuerdonError } from '../../records/error.ts'
import { graphOf } from '../graph.ts'
import { inputName, lower, outputName } from '../lowering/lower.ts'
import { input } from '../tensor.ts'

export const DEVICES = ['cpu', 'webgpu', 'cuda', 'coreml', 'dml'] as const
/** `auto` is the CPU, unless the environment variable GUERDON_DEVICE names another. */
export type Device = 'auto' | (typeof DEVICES)[number]

type Runtime = typeof import('onnxruntime-common')

/** largest difference from the CPU, relative to the largest entry, at which a device counts as right */
const AGREEMENT = 1e-4
const SIZE = 64

/**
 * The provider's name, after a product of two 64 × 64 matrices on it agreed with the CPU within 1e-4.
 *
 * @throws GuerdonError PARAMETER_INVALID for a name that is none; PACKAGE_MISSING when the provider does not start or
 *   computes something else than the CPU
 */
export async function chosenDevice(runtime: Runtime, wanted: Device = 'auto'): Promise<string> {
  const named = wanted === 'auto' ? (process.env.GUERDON_DEVICE ?? 'cpu') : wanted
  if (!(DEVICES as readonly string[]).includes(named))
    throw new GuerdonError('PARAMETER_INVALID', 'is no device', {
      where: { field: wanted === 'auto' ? 'GUERDON_DEVICE' : 'device' },
      found: named,
      expected: DEVICES.join(', '),
    })
  if (named !== 'cpu') await probe(runtime, named)
  return named
}

async function probe(runtime: Runtime, device: string): Promise<void> {
  const unusable = (what: string, cause?: unknown): GuerdonError =>
    new GuerdonError('PACKAGE_MISSING', `the device "${device}" ${what}`, {
      hint: 'Use the device "cpu", which needs nothing else',
      cause,
    })
  const shape = [SIZE, SIZE]
  const model = lower(graphOf({ product: input('a', shape).matmul(input('b', shape)) }))
  const values = (factor: number) =>
    Float32Array.from({ length: SIZE * SIZE }, (_, index) => Math.sin(factor * index))
  const feeds = {
    [inputName('a')]: new runtime.Tensor('float32', values(0.7), shape),
    [inputName('b')]: new runtime.Tensor('float32', values(1.3), shape),
  }
  const product = async (provider: string): Promise<Float32Array> => {
    const session = await runtime.InferenceSession.create(model, {
      executionProviders: [provider],
      logSeverityLevel: 4,
    })
    const results = await session.run(feeds)
    const found = Float32Array.from(results[outputName('product')]!.data as Float32Array)
    await session.release()
    return found
  }
  const expected = await product('cpu')
  let found: Float32Array
  try {
    found = await product(device)
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    throw unusable(`does not start: ${message.split('\n')[0]}`, cause)
  }
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const apart = expected.reduce((most, value, index) => Math.max(most, Math.abs(value - found[index]!)), 0)
  if (!(apart <= AGREEMENT * largest))
    throw unusable(`computes a product that is ${(apart / largest).toExponential(1)} off the CPU's`)
}
