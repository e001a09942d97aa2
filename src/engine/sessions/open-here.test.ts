/** Without ONNX Runtime's native module the engine runs in WebAssembly. */
import { expect, it, vi } from 'vitest'
import { compile } from '../compile.ts'
import { chosenBackEnd } from './open-here.ts'

vi.mock('onnxruntime-node', () => {
  throw new Error('no binary for this machine')
})

it('falls back to WebAssembly, and says what is missing when ONNX Runtime is asked for', async () => {
  expect(await chosenBackEnd()).toBe('wasm')
  expect(await chosenBackEnd('reference')).toBe('reference')
  const program = await compile({ x: { shape: [4] } }, ({ x }) => ({ y: x.mul(2) }))
  expect(Array.from((await program.run({ x: [1, 2, 3, 4] })).y.values)).toEqual([2, 4, 6, 8])
  await expect(
    compile({ x: { shape: [4] } }, ({ x }) => ({ y: x.mul(2) }), { backEnd: 'onnx' }),
  ).rejects.toMatchObject({
    code: 'PACKAGE_MISSING',
    message: expect.stringContaining('npm install onnxruntime-node'),
  })
})
