/**
 * Requests in work and the answers of recent ones, by key: a repeat that comes while the first is in work waits for
 * it, a later one gets the same answer.
 */
import { LRUCache } from 'lru-cache'
import { GuerdonError } from '../../records/error.ts'
import type { ScoreAnswer, ScoreRequest } from './scoring-service.ts'

/** Memory for answers; older repeats are recognised by the store. */
const answerBytes = 64 * 1024 * 1024
const sampledKept = 200_000

interface PendingParts {
  readonly key: string
  /** differs from `key` for a rollout that was sampled again with the same content */
  readonly storedKey: string
  readonly batch: string
  readonly contentDigest: string
  readonly sampled: boolean
  readonly request: ScoreRequest
}

/** One request from its arrival to its answer, with everyone who waits for it. */
export class Pending implements PendingParts, Known {
  readonly key: string
  readonly storedKey: string
  readonly batch: string
  readonly contentDigest: string
  readonly sampled: boolean
  readonly request: ScoreRequest
  readonly receivedAt = performance.now()
  readonly receivedWhen = Date.now()
  /** resolves or rejects with the answer, whoever still waits */
  readonly settled: Promise<ScoreAnswer>
  onAbandoned: (() => void) | undefined
  readonly #settle: PromiseWithResolvers<ScoreAnswer>
  readonly #grace: number
  readonly #clients: AbortSignal[] = []
  #living = 0
  #timer: NodeJS.Timeout | undefined
  #abandoned = false

  constructor(parts: PendingParts, grace: number) {
    this.key = parts.key
    this.storedKey = parts.storedKey
    this.batch = parts.batch
    this.contentDigest = parts.contentDigest
    this.sampled = parts.sampled
    this.request = parts.request
    this.#grace = grace
    this.#settle = Promise.withResolvers()
    this.settled = this.#settle.promise
    // Nobody may be listening when it fails.
    this.settled.catch(() => undefined)
  }

  /** someone still waits, or a retry may come */
  get wanted(): boolean {
    return this.#living > 0 || (this.#timer !== undefined && !this.#abandoned)
  }

  get delivered(): boolean {
    return this.#clients.some((client) => !client.aborted)
  }

  /** Waits for the answer on behalf of a client, until it goes away. */
  join(client: AbortSignal): Promise<ScoreAnswer> {
    this.#clients.push(client)
    this.#living++
    clearTimeout(this.#timer)
    this.#timer = undefined
    const { promise, resolve, reject } = Promise.withResolvers<ScoreAnswer>()
    const leave = (): void => {
      reject(new GuerdonError('RUN_CANCELLED', 'the client went away'))
      if (--this.#living > 0) return
      this.#timer = setTimeout(() => {
        this.#abandoned = true
        this.onAbandoned?.()
      }, this.#grace)
      this.#timer.unref()
    }
    client.addEventListener('abort', leave, { once: true })
    const done = (): void => client.removeEventListener('abort', leave)
    this.settled.then(
      (answer) => {
        done()
        resolve(answer)
      },
      (error: unknown) => {
        done()
        reject(error)
      },
    )
    return promise
  }

  resolve(answer: ScoreAnswer): void {
    clearTimeout(this.#timer)
    this.#settle.resolve(answer)
  }

  reject(error: GuerdonError): void {
    clearTimeout(this.#timer)
    this.#settle.reject(error)
  }
}

/** A request that was seen before, in work or answered. */
export interface Known {
  readonly contentDigest: string
  readonly batch: string
  /** true when a client was still there to take the answer */
  readonly delivered: boolean
  join(client: AbortSignal): Promise<ScoreAnswer>
}

/** What is kept of an answered request: no texts. */
class Answered implements Known {
  readonly contentDigest: string
  readonly batch: string
  readonly answer: ScoreAnswer
  delivered: boolean

  constructor(pending: Pending, answer: ScoreAnswer) {
    this.contentDigest = pending.contentDigest
    this.batch = answer.batch
    this.answer = answer
    this.delivered = pending.delivered
  }

  async join(client: AbortSignal): Promise<ScoreAnswer> {
    this.delivered ||= !client.aborted
    return this.answer
  }
}

export class AnswerMemory {
  readonly #grace: number
  readonly #inWork = new Map<string, Pending>()
  readonly #answers = new LRUCache<string, Answered>({
    maxSize: answerBytes,
    sizeCalculation: ({ answer }) => 512 + answer.rows.length * 500,
  })
  /** contents of lone rollouts that were answered to a living client: their next coming is another sample */
  readonly #sampled = new LRUCache<string, true>({ max: sampledKept })

  constructor(grace: number) {
    this.#grace = grace
  }

  /**
   * The request in work or answered under a key. A lone sampled rollout is found only if no client got its answer: a
   * client that did and sends the same again has sampled it again.
   */
  find(key: string, sampled: boolean): Known | undefined {
    const known = this.#inWork.get(key) ?? this.#answers.get(key)
    return sampled && known?.delivered === true ? undefined : known
  }

  /** true when a lone rollout of this content was answered before, or is in work for another client */
  answered(key: string): boolean {
    if (this.#sampled.has(key) || this.#inWork.get(key)?.delivered === true) return true
    // The first client went away, and a retry has its answer since.
    return this.#answers.peek(key)?.delivered === true
  }

  open(parts: PendingParts): Pending {
    const pending = new Pending(parts, this.#grace)
    const { key, storedKey } = pending
    this.#inWork.set(storedKey, pending)
    const finish = (): void => void this.#inWork.delete(storedKey)
    pending.settled.then(
      (answer) => {
        finish()
        this.#answers.set(storedKey, new Answered(pending, answer))
        if (pending.sampled && pending.delivered) this.#sampled.set(key, true)
      },
      // A request that failed is tried anew.
      finish,
    )
    return pending
  }
}
