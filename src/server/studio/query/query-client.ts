/** The near end of the query worker: questions as promises. */
import { Worker } from 'node:worker_threads'
import { GuerdonError, messageOf } from '../../../records/error.ts'
import { buffersOf, type QuestionReply, type Questions } from './questions.ts'

interface Waiting {
  readonly resolve: (value: never) => void
  readonly reject: (error: Error) => void
}

/** Beside this file and of its kind: TypeScript from the sources, JavaScript when built. */
function workerFile(here: string = import.meta.url): URL {
  return new URL(`./worker${here.endsWith('.ts') ? '.ts' : '.js'}`, here)
}

/**
 * Asks a worker that is started with the first question and again after it died. Typed arrays of the frames given
 * are handed over, not copied: the caller must not use them afterwards.
 */
export class QueryClient {
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | undefined
  #nextId = 0

  /** @throws GuerdonError STORE_FAILED when the numbers could not be computed */
  ask<Name extends keyof Questions>(
    name: Name,
    ...given: Parameters<Questions[Name]>
  ): Promise<ReturnType<Questions[Name]>> {
    this.#worker ??= this.#start()
    const worker = this.#worker
    return new Promise((resolve, reject) => {
      const id = this.#nextId++
      this.#waiting.set(id, { resolve, reject })
      // A worker that is asked nothing does not keep the process alive.
      worker.ref()
      worker.postMessage({ id, name, given }, given.flatMap(buffersOf))
    })
  }

  async close(): Promise<void> {
    await this.#worker?.terminate()
  }

  #start(): Worker {
    const worker = new Worker(workerFile(), { execArgv: [] })
    worker.unref()
    worker.on('message', (reply: QuestionReply) => {
      const waiting = this.#waiting.get(reply.id)
      this.#waiting.delete(reply.id)
      if (this.#waiting.size === 0) worker.unref()
      if ('failure' in reply) waiting?.reject(failed(reply.failure))
      else waiting?.resolve(reply.value as never)
    })
    const lose = (reason: string): void => {
      if (this.#worker !== worker) return
      this.#worker = undefined
      for (const { reject } of this.#waiting.values()) reject(failed(reason))
      this.#waiting.clear()
    }
    worker.on('error', (error) => lose(messageOf(error)))
    worker.on('exit', () => lose('the worker is closed'))
    return worker
  }
}

function failed(reason: string): GuerdonError {
  return new GuerdonError('STORE_FAILED', `the numbers of the run could not be computed: ${reason}`)
}
