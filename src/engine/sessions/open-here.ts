/** Opens a session in the thread that asks, with the best library that is there. */
import { GuerdonError } from '../../records/error.ts'
import { loadOnnxRuntime, openOnnxSession } from './onnx-session.ts'
import type { BackEnd, Session, SessionContents, SessionOptions } from './session.ts'

/** `auto` is ONNX Runtime where its native module loads, else jax-js in WebAssembly. */
export async function chosenBackEnd(wanted: BackEnd | 'auto' = 'auto'): Promise<BackEnd> {
  if (wanted !== 'auto') return wanted
  return (await loadOnnxRuntime()) === undefined ? 'wasm' : 'onnx'
}

/** Opens a session in this thread. */
export async function openHere(contents: SessionContents, options: SessionOptions): Promise<Session> {
  const backEnd = await chosenBackEnd(options.backEnd)
  if (backEnd === 'onnx') return openOnnxSession(contents, options)
  const { device = 'auto' } = options
  if (device !== 'auto' && device !== 'cpu')
    throw new GuerdonError('ARGUMENT_INVALID', `the back end "${backEnd}" computes on the CPU only`, {
      where: { field: 'device' },
      found: device,
    })
  if (backEnd === 'wasm' || backEnd === 'reference') {
    const { openJaxSession } = await import('./jax-session.ts')
    return openJaxSession(contents, backEnd)
  }
  throw new GuerdonError('ARGUMENT_INVALID', 'is no back end', {
    where: { field: 'backEnd' },
    found: backEnd,
    expected: 'auto, onnx, wasm or reference',
  })
}
