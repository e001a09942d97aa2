/** An ONNX model in a thread of its own, seen from here: what it takes and gives, and runs as promises. */
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { GuerdonError, messageOf } from '../records/error.ts'
import type { Reduction, SessionReply, SessionSetup, TensorMessage, TensorPort } from './onnx-messages.ts'

export interface SessionOptions {
  /** threads of one run; default: half of the processors, at least 1 */
  readonly threads?: number | undefined
}

export interface RunOutcome {
  readonly dims: readonly number[]
  readonly data: Float64Array
}

interface Waiting {
  readonly resolve: (outcome: RunOutcome) => void
  readonly reject: (error: Error) => void
}

/** Beside this file and of its kind: TypeScript from the sources, JavaScript when built. */
function workerFile(here: string = import.meta.url): URL {
  return new URL(`./onnx-session-worker${here.endsWith('.ts') ? '.ts' : '.js'}`, here)
}

export class OnnxSession {
  readonly inputs: readonly TensorPort[]
  readonly outputs: readonly TensorPort[]
  readonly #path: string
  readonly #worker: Worker
  readonly #waiting = new Map<number, Waiting>()
  #nextId = 1
  #ended: Error | undefined

  private constructor(path: string, worker: Worker, ready: Extract<SessionReply, { kind: 'ready' }>) {
    this.#path = path
    this.#worker = worker
    this.inputs = ready.inputs
    this.outputs = ready.outputs
    worker.on('message', (message: SessionReply) => this.#receive(message))
    worker.on('error', (error) => this.#end(`its thread broke down: ${messageOf(error)}`))
    worker.on('exit', () => this.#end('it is closed'))
    worker.unref()
  }

  /**
   * Loads an ONNX file; the promise resolves when it can run.
   * @throws GuerdonError PACKAGE_MISSING without onnxruntime-node, MODEL_INVALID when it is no model that runs here
   */
  static open(path: string, options: SessionOptions = {}): Promise<OnnxSession> {
    const threads = options.threads ?? Math.max(1, availableParallelism() >> 1)
    const setup: SessionSetup = { path, threads }
    const worker = new Worker(workerFile(), { workerData: setup, execArgv: [] })
    return new Promise((resolve, reject) => {
      const refuse = (error: Error) => {
        void worker.terminate()
        reject(error)
      }
      const unusable = (reason: string) =>
        refuse(
          new GuerdonError('MODEL_INVALID', `is no model that runs here: ${reason}`, {
            where: { file: path },
          }),
        )
      const broken = (error: Error) => unusable(messageOf(error))
      const gone = () => unusable('its thread ended')
      worker.once('error', broken)
      worker.once('exit', gone)
      worker.once('message', (message: SessionReply) => {
        worker.off('error', broken)
        worker.off('exit', gone)
        if (message.kind === 'ready') resolve(new OnnxSession(path, worker, message))
        else if (message.kind === 'unusable' && message.packageMissing) refuse(packageMissing(message.reason))
        else if (message.kind === 'unusable') unusable(message.reason)
      })
    })
  }

  /**
   * Runs the model once. Runs are done one after the other, in the order of the calls.
   * @throws GuerdonError MODEL_INVALID when the model refuses the feeds or breaks down
   */
  run(
    feeds: Readonly<Record<string, TensorMessage>>,
    output: string,
    reduction: Reduction = { kind: 'none' },
  ): Promise<RunOutcome> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended)
    return new Promise((resolve, reject) => {
      const id = this.#nextId++
      this.#waiting.set(id, { resolve, reject })
      // A session that waits for nothing does not keep the process alive.
      this.#worker.ref()
      this.#worker.postMessage({ kind: 'run', run: { id, feeds, output, reduction } })
    })
  }

  /** Ends the thread when the runs under way are done. */
  async close(): Promise<void> {
    if (this.#ended !== undefined) return
    const exited = new Promise((resolve) => this.#worker.once('exit', resolve))
    this.#worker.ref()
    this.#worker.postMessage({ kind: 'close' })
    await exited
  }

  #receive(message: SessionReply): void {
    if (message.kind !== 'done' && message.kind !== 'failed') return
    const waiting = this.#waiting.get(message.id)
    this.#waiting.delete(message.id)
    if (this.#waiting.size === 0) this.#worker.unref()
    if (message.kind === 'done') waiting?.resolve({ dims: message.dims, data: message.data })
    else waiting?.reject(this.#failure(message.reason))
  }

  #end(reason: string): void {
    this.#ended ??= this.#failure(reason)
    for (const { reject } of this.#waiting.values()) reject(this.#ended)
    this.#waiting.clear()
  }

  #failure(reason: string): GuerdonError {
    return new GuerdonError('MODEL_INVALID', `the model did not run: ${reason}`, {
      where: { file: this.#path },
    })
  }
}

function packageMissing(reason: string): GuerdonError {
  return new GuerdonError('PACKAGE_MISSING', 'ONNX models need the package onnxruntime-node', {
    found: reason,
    hint: 'Install it beside guerdon: npm install onnxruntime-node@1.30.0',
  })
}
