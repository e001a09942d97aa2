/** The thread behind a worker session. */
import { parentPort, workerData } from 'node:worker_threads'
import { GuerdonError, messageOf } from '../../records/error.ts'
import { openHere } from './open-here.ts'
import type { Session, SessionContents, SessionOptions } from './session.ts'
import type { Call, Reply } from './worker-session.ts'

const port = parentPort!
const { contents, options } = workerData as { contents: SessionContents; options: SessionOptions }

function failed(id: number, error: unknown): Reply {
  const message = messageOf(error)
  return { id, failure: error instanceof GuerdonError ? { code: error.code, message } : { message } }
}

const reply = (answer: Reply): void => port.postMessage(answer)

/** Calls are answered one after another, in the order they came. */
async function serve(session: Session): Promise<void> {
  let turn = Promise.resolve()
  port.on('message', ({ id, method, values }: Call) => {
    turn = turn.then(async () => {
      try {
        const act = session[method] as (...given: readonly unknown[]) => Promise<unknown>
        reply({ id, value: await act(...values) })
      } catch (error) {
        reply(failed(id, error))
      }
    })
  })
}

openHere(contents, options).then(
  async (session) => {
    await serve(session)
    reply({ id: 0, value: session.backEnd })
  },
  (error: unknown) => reply(failed(0, error)),
)
