/** The far end of a query worker: answers one question after the other, away from the thread that serves. */
import { parentPort } from 'node:worker_threads'
import { messageOf } from '../../../records/error.ts'
import { buffersOf, type Question, type QuestionReply, questions } from './questions.ts'

parentPort!.on('message', ({ id, name, given }: Question) => {
  let reply: QuestionReply
  try {
    const ask = questions[name] as (...given: readonly unknown[]) => unknown
    reply = { id, value: ask(...given) }
  } catch (thrown) {
    reply = { id, failure: messageOf(thrown) }
  }
  parentPort!.postMessage(reply, 'value' in reply ? buffersOf(reply.value) : [])
})
