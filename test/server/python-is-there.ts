/** Whether the optional interpreter of Python is installed: tests that run Python skip where it is not. */
import { createRequire } from 'node:module'

function found(): boolean {
  try {
    createRequire(import.meta.url).resolve('pyodide/pyodide.asm.wasm')
    return true
  } catch {
    return false
  }
}

export const pythonIsThere: boolean = found()
