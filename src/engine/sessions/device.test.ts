import { afterEach, describe, expect, it, vi } from 'vitest'
import { compile } from '../compile.ts'
import { chosenDevice, type Device } from './device.ts'
import { loadOnnxRuntime } from './onnx-session.ts'

afterEach(() => vi.unstubAllEnvs())
const runtime = (await loadOnnxRuntime())!

describe('devices', () => {
  it('are the CPU unless one is named', async () => {
    vi.stubEnv('GUERDON_DEVICE', undefined)
    expect(await chosenDevice(runtime)).toBe('cpu')
    expect(await chosenDevice(runtime, 'cpu')).toBe('cpu')
    vi.stubEnv('GUERDON_DEVICE', 'cpu')
    expect(await chosenDevice(runtime)).toBe('cpu')
  })

  it('with a name that is none are refused, by option and by environment', async () => {
    await expect(chosenDevice(runtime, 'abacus' as Device)).rejects.toMatchObject({
      code: 'PARAMETER_INVALID',
      message: expect.stringContaining('"device": is no device'),
    })
    vi.stubEnv('GUERDON_DEVICE', 'abacus')
    await expect(chosenDevice(runtime)).rejects.toThrow('"GUERDON_DEVICE": is no device')
  })

  it('that this machine lacks are refused with a reason', async () => {
    // No machine has both: DirectML is Windows', CoreML macOS'.
    const absent: Device = process.platform === 'win32' ? 'coreml' : 'dml'
    const program = compile({ x: { shape: [2] } }, ({ x }) => ({ y: x.mul(2) }), { device: absent })
    await expect(program).rejects.toMatchObject({
      code: 'PACKAGE_MISSING',
      message: expect.stringContaining(`the device "${absent}" does not start`),
    })
  })

  it('that compute something else than the CPU are refused', async () => {
    const wrong = {
      ...runtime,
      Tensor: runtime.Tensor,
      InferenceSession: {
        create: async (...[model, options]: Parameters<typeof runtime.InferenceSession.create>) => {
          const [provider] = (options as unknown as { executionProviders: string[] }).executionProviders
          const session = await runtime.InferenceSession.create(model as unknown as Uint8Array)
          if (provider === 'cpu') return session
          return {
            release: () => session.release(),
            run: async (feeds: Parameters<typeof session.run>[0]) => {
              const results = await session.run(feeds)
              const [first] = Object.values(results)
              ;(first!.data as Float32Array)[5]! += 0.1
              return results
            },
          }
        },
      },
    } as unknown as typeof runtime
    await expect(chosenDevice(wrong, 'webgpu')).rejects.toThrow(
      /computes a product that is \d\.\de-\d off the CPU's/,
    )
  })

  it('other than the CPU belong to ONNX Runtime', async () => {
    await expect(
      compile({ x: { shape: [2] } }, ({ x }) => ({ y: x.mul(2) }), { backEnd: 'wasm', device: 'cuda' }),
    ).rejects.toThrow('the back end "wasm" computes on the CPU only')
  })
})
