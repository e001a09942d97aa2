/** The part of the WebAssembly interface that the sandbox uses; the compiler's Node types leave it out. */

declare const brand: unique symbol

/** A compiled module; it can be sent to a worker without being copied. */
export interface WasmModule {
  readonly [brand]: 'module'
}

export interface WasmMemory {
  readonly buffer: ArrayBuffer
  grow(pages: number): number
}

export interface WasmGlobal {
  readonly value: unknown
}

export type WasmImports = Record<string, Record<string, unknown>>

interface WasmInterface {
  readonly Module: {
    imports(module: WasmModule): { module: string; name: string; kind: string }[]
  }
  readonly Memory: new (limits: { initial: number; maximum: number }) => WasmMemory
  compile(bytes: Uint8Array): Promise<WasmModule>
  instantiate(module: unknown, imports?: WasmImports): Promise<{ exports: unknown }>
}

/** The engine's own object: replacing one of its functions replaces it for the whole thread. */
export const webAssembly = (globalThis as unknown as { WebAssembly: WasmInterface }).WebAssembly

/** One page of a memory. */
export const PAGE_BYTES = 65_536
