/** Answers that many viewers ask for are computed once; who stops waiting does not stop the others. */
import { setTimeout as pause } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import { GuerdonError } from '../../../records/error.ts'

/** A question whose data keep changing rests this many times as long as its last answer took, … */
const REST = 4
/** … but no longer than so many milliseconds. */
const LONGEST_REST = 5000

interface Entry {
  /** of the data that the answer is made of, or newer */
  version: string
  readonly answer: Promise<unknown>
  isStarted: boolean
  milliseconds: number
  finishedAt: number
}

/**
 * Keeps the answers of the latest questions, also those that are still being computed. While a run grows, every batch
 * makes its answers old; a question is then computed again only after a rest, for all who asked meanwhile, so that
 * watching takes at most a fifth of a core for each question. No answer is older than its request.
 */
export class AnswerCache {
  readonly #entries: LRUCache<string, Entry>

  constructor(most: number) {
    this.#entries = new LRUCache({ max: most })
  }

  /**
   * The answer of a question, computed unless it is known or on its way. A failure is not kept.
   *
   * @param version of the data; an answer of another version is computed again
   * @param compute reads the data anew: it may begin later than it was asked for
   * @throws GuerdonError RUN_CANCELLED as soon as `abort` fires
   */
  get<Answer>(
    question: string,
    version: string,
    abort: AbortSignal,
    compute: () => Promise<Answer>,
  ): Promise<Answer> {
    const known = this.#entries.get(question)
    if (known !== undefined && (known.version === version || !known.isStarted)) {
      known.version = version
      return waitFor(known.answer as Promise<Answer>, abort)
    }
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    const entry: Entry = { version, answer: promise, isStarted: false, milliseconds: 0, finishedAt: 0 }
    this.#entries.set(question, entry)
    promise.catch(() => {
      if (this.#entries.peek(question) === entry) this.#entries.delete(question)
    })
    void begin(entry, known, compute).then(resolve, reject)
    return waitFor(promise, abort)
  }
}

async function begin<Answer>(
  entry: Entry,
  previous: Entry | undefined,
  compute: () => Promise<Answer>,
): Promise<Answer> {
  if (previous !== undefined) {
    await previous.answer.catch(() => {})
    const rest =
      Math.min(LONGEST_REST, REST * previous.milliseconds) - (performance.now() - previous.finishedAt)
    if (rest > 0) await pause(rest, undefined, { ref: false })
  }
  entry.isStarted = true
  const startedAt = performance.now()
  try {
    return await compute()
  } finally {
    entry.finishedAt = performance.now()
    entry.milliseconds = entry.finishedAt - startedAt
  }
}

/**
 * Waits for a promise, or until nobody wants it any more.
 * @throws GuerdonError RUN_CANCELLED
 */
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
