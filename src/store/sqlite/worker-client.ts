/** The near end of a SQLite worker: questions as promises. */
import { Worker } from 'node:worker_threads'
import { GuerdonError, messageOf } from '../../records/error.ts'
import { type Operations, READY_ID, type Reply, type WorkerSetup } from './worker-protocol.ts'

interface Waiting {
  readonly resolve: (value: never) => void
  readonly reject: (error: Error) => void
}

/** Beside this file and of its kind: TypeScript from the sources, JavaScript when built. */
function workerFile(here: string = import.meta.url): URL {
  return new URL(`./sqlite-worker${here.endsWith('.ts') ? '.ts' : '.js'}`, here)
}

export class WorkerClient {
  readonly #worker: Worker
  readonly #path: string
  readonly #waiting = new Map<number, Waiting>()
  #nextId = READY_ID + 1
  #lost: Error | undefined

  private constructor(setup: WorkerSetup) {
    this.#path = setup.path
    this.#worker = new Worker(workerFile(), { workerData: setup, execArgv: [] })
    this.#worker.on('message', (reply: Reply) => this.#receive(reply))
    this.#worker.on('error', (error) => this.#fail(messageOf(error)))
    this.#worker.on('exit', () => this.#fail('it is closed'))
  }

  /**
   * Starts a worker and waits until its database is open.
   * @throws GuerdonError STORE_FAILED with the reason why it cannot be opened
   */
  static async open(setup: WorkerSetup): Promise<WorkerClient> {
    const client = new WorkerClient(setup)
    await new Promise((resolve, reject) => client.#waiting.set(READY_ID, { resolve, reject }))
    return client
  }

  ask<Name extends keyof Operations>(
    name: Name,
    ...given: Parameters<Operations[Name]>
  ): Promise<ReturnType<Operations[Name]>> {
    if (this.#lost !== undefined) return Promise.reject(this.#lost)
    return new Promise((resolve, reject) => {
      const id = this.#nextId++
      this.#waiting.set(id, { resolve, reject })
      // A store that waits for nothing does not keep the process alive.
      this.#worker.ref()
      this.#worker.postMessage({ id, name, given })
    })
  }

  async close(): Promise<void> {
    if (this.#lost !== undefined) return
    const ended = new Promise((resolve) => this.#worker.once('exit', resolve))
    await this.ask('close')
    this.#worker.ref()
    await ended
  }

  #receive(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id)
    this.#waiting.delete(reply.id)
    if (this.#waiting.size === 0) this.#worker.unref()
    // The worker's sentences name the file already.
    if ('code' in reply) waiting?.reject(new GuerdonError(reply.code, reply.sentence))
    else waiting?.resolve(reply.value as never)
  }

  #fail(reason: string): void {
    this.#lost ??= new GuerdonError('STORE_FAILED', `the store does not answer: ${reason}`, {
      where: { file: this.#path },
    })
    for (const { reject } of this.#waiting.values()) reject(this.#lost)
    this.#waiting.clear()
  }
}
