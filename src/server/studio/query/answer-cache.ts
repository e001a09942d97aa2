/** Answers that many viewers ask for are computed once; who stops waiting does not stop the others. */
import { LRUCache } from 'lru-cache'
import { GuerdonError } from '../../../records/error.ts'

/** Keeps the answers of the latest questions, also those that are still being computed. */
export class AnswerCache {
  readonly #answers: LRUCache<string, Promise<unknown>>

  constructor(most: number) {
    this.#answers = new LRUCache({ max: most })
  }

  /**
   * The answer of a key, computed unless it is known or on its way. A failure is not kept.
   * @throws GuerdonError RUN_CANCELLED as soon as `abort` fires
   */
  async get<Answer>(key: string, abort: AbortSignal, compute: () => Promise<Answer>): Promise<Answer> {
    let answer = this.#answers.get(key) as Promise<Answer> | undefined
    if (answer === undefined) {
      answer = compute()
      this.#answers.set(key, answer)
      const own = answer
      own.catch(() => {
        if (this.#answers.peek(key) === own) this.#answers.delete(key)
      })
    }
    return waitFor(answer, abort)
  }
}

/** Waits for a promise, or until nobody wants it any more. */
export async function waitFor<Answer>(answer: Promise<Answer>, abort: AbortSignal): Promise<Answer> {
  // Who went away is not there to hear how it ended.
  answer.catch(() => {})
  const cancelled = (): GuerdonError => new GuerdonError('RUN_CANCELLED', 'the request was given up')
  if (abort.aborted) throw cancelled()
  const { promise, reject } = Promise.withResolvers<never>()
  const stop = (): void => reject(cancelled())
  abort.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([answer, promise])
  } finally {
    abort.removeEventListener('abort', stop)
  }
}
