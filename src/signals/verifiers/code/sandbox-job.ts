/** What goes into a sandbox worker and what comes out. The expected result of a test never goes in. */

import type { WasmModule } from './web-assembly.ts'

/** The languages that have an interpreter. */
export const SANDBOX_LANGUAGES = ['python', 'javascript'] as const
export type SandboxLanguage = (typeof SANDBOX_LANGUAGES)[number]

/** One run of one program in a fresh interpreter. */
export interface SandboxJob {
  readonly source: string
  /** what the program reads; empty for none */
  readonly stdin?: string
  /** after the program has run, call this function (or method of a class `Solution`) with a JSON list of arguments */
  readonly call?: { readonly name: string; readonly arguments: string }
  /** after the program has run, run this statement; it fails if it raises */
  readonly assertion?: string
}

/**
 * How a run ended. `finished`, `failed` and `compile-error` are the program's own doing; `escape` is an attempt to
 * leave the sandbox, `broken-test` an assertion that does not compile; the others are limits and breakdowns.
 */
export type SandboxEnd =
  | 'finished'
  | 'failed'
  | 'compile-error'
  | 'time-limit'
  | 'memory-limit'
  | 'output-limit'
  | 'stack-limit'
  | 'escape'
  | 'broken-test'
  | 'crash'

export interface SandboxOutcome {
  readonly end: SandboxEnd
  /** why it did not finish */
  readonly reason?: string
  readonly stdout: string
  readonly stderr: string
  /** JSON of what the called function returned */
  readonly result?: string
}

/** Limits that a worker enforces itself; the wall-clock limit of a run is kept by the pool, outside the worker. */
export interface SandboxLimits {
  readonly memoryBytes: number
  readonly outputBytes: number
}

export interface WorkerSetup {
  readonly limits: SandboxLimits
  /** compiled once and shared by all workers of a pool */
  readonly module: WasmModule
  /** directory of the interpreter's other files, as a file path ending in a separator */
  readonly directory: string
  /** what an earlier worker of the pool has prepared, so that this one starts faster */
  readonly seed?: SharedArrayBuffer
}

export interface WorkerRequest {
  readonly id: number
  readonly job: SandboxJob
}

export type WorkerReply =
  | { readonly kind: 'ready'; readonly seed?: SharedArrayBuffer }
  | { readonly kind: 'unusable'; readonly reason: string }
  | {
      readonly kind: 'outcome'
      readonly id: number
      readonly outcome: SandboxOutcome
      /** the worker has done its work and should be replaced, for example because its memory has grown */
      readonly spent: boolean
    }

/** Thrown by a worker's own code through the interpreter to end a run; the program inside cannot catch it. */
export class RunStopped extends Error {
  readonly end: SandboxEnd

  constructor(end: SandboxEnd, reason: string) {
    super(reason)
    this.end = end
  }
}
