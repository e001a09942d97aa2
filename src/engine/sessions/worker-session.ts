/** A session in a worker thread: its runs leave the caller's event loop free. */
import { Worker } from 'node:worker_threads'
import { type ErrorCode, GuerdonError } from '../../records/error.ts'
import type { Session, SessionContents, SessionOptions } from './session.ts'

export interface Call {
  readonly id: number
  readonly method: 'run' | 'runMany' | 'state' | 'setState' | 'close'
  readonly values: readonly unknown[]
}
export type Reply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly failure: { readonly code?: ErrorCode; readonly message: string } }

/** The module's own ending: `.ts` from source, `.js` as published. */
const worker = new URL(`./session.worker${import.meta.url.slice(-3)}`, import.meta.url)

/** Opens a session in a thread of its own. The thread does not keep the process alive while nothing is asked of it. */
export async function openWorkerSession(
  contents: SessionContents,
  options: SessionOptions,
  module: URL = worker,
): Promise<Session> {
  const thread = new Worker(module, { workerData: { contents, options } })
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: unknown): void }>()
  let ended: unknown
  let last = 0
  const end = (error: unknown): void => {
    ended ??= error
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }
  thread.on('error', end)
  thread.on('exit', () => end(new GuerdonError('SERVER_FAILED', 'the training thread has ended')))
  thread.on('message', (reply: Reply) => {
    const call = waiting.get(reply.id)
    waiting.delete(reply.id)
    if (waiting.size === 0) thread.unref()
    if (call === undefined) return
    if ('failure' in reply) call.reject(failureOf(reply.failure))
    else call.resolve(reply.value)
  })
  const wait = (id: number): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (ended !== undefined) return reject(ended)
      thread.ref()
      waiting.set(id, { resolve, reject })
    })
  const ask = (method: Call['method'], ...values: unknown[]): Promise<unknown> => {
    const id = ++last
    const answer = wait(id)
    if (ended === undefined) thread.postMessage({ id, method, values } satisfies Call)
    return answer
  }
  // Reply 0 comes when the session is open.
  const backEnd = (await wait(0)) as Session['backEnd']
  return {
    backEnd,
    run: (name, feeds) => ask('run', name, feeds) as ReturnType<Session['run']>,
    runMany: (name, feeds, scalars) => ask('runMany', name, feeds, scalars) as ReturnType<Session['runMany']>,
    state: () => ask('state') as ReturnType<Session['state']>,
    setState: (next) => ask('setState', next) as Promise<void>,
    async close() {
      if (ended !== undefined) return
      await ask('close')
      await thread.terminate()
    },
  }
}

function failureOf({ code, message }: { readonly code?: ErrorCode; readonly message: string }): Error {
  return code === undefined ? new Error(message) : new GuerdonError(code, message)
}
