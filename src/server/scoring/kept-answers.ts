/** What a run keeps of its requests: nothing is answered before it is stored, and what is stored is not scored again. */
import { GuerdonError } from '../../records/error.ts'
import type { BatchRecord, Store } from '../../store/store.ts'
import type { AnswerMemory, Pending } from './answer-memory.ts'
import type { ScoringListener } from './scoring-listener.ts'
import type { ScoreRequest } from './scoring-service.ts'

/** A request and the batch that its scores make. */
export interface ScoredRequest {
  readonly pending: Pending
  readonly batch: BatchRecord
}

export interface KeptAnswersParts {
  readonly run: string
  readonly store: Store | undefined
  /** true when the run held batches before this process began */
  readonly continued: boolean
  /** true when other processes may write into the run */
  readonly shared: boolean
  readonly answers: AnswerMemory
  readonly listeners: readonly ScoringListener[]
}

export class KeptAnswers {
  readonly #parts: KeptAnswersParts

  constructor(parts: KeptAnswersParts) {
    this.#parts = parts
  }

  /** Answers what the store holds already; what is left has to be scored. */
  async answerKnown(pendings: readonly Pending[]): Promise<readonly Pending[]> {
    const { store, continued, shared } = this.#parts
    if (store === undefined || !(continued || shared)) return pendings
    const answers = await Promise.all(
      pendings.map(async (pending) => {
        // Another server's equal sample is another sample; only before a restart could it have been this request.
        if (pending.sampled && !continued) return undefined
        return store.find(this.#parts.run, pending.storedKey).catch((error: unknown) => asGuerdonError(error))
      }),
    )
    return pendings.filter((pending, index) => {
      const answer = answers[index]
      if (answer === undefined) return true
      if (answer instanceof GuerdonError) pending.reject(answer)
      else if (answer.contentDigest !== pending.contentDigest) pending.reject(keyReused(pending.key))
      else {
        this.tellRepeated(answer.id, pending.request)
        pending.resolve({
          batch: answer.id,
          repeated: true,
          specDigest: answer.specDigest,
          rows: answer.rows,
        })
      }
      return false
    })
  }

  /** Stores what was scored, then answers; returns the batches that are new. */
  async keep(done: readonly ScoredRequest[]): Promise<BatchRecord[]> {
    const { store, continued, answers } = this.#parts
    const answer = ({ pending, batch }: ScoredRequest): void =>
      pending.resolve({ batch: batch.id, repeated: false, specDigest: batch.specDigest, rows: batch.rows })
    if (store === undefined) {
      done.forEach(answer)
      return done.map(({ batch }) => batch)
    }
    try {
      const outcomes = await store.append(done.map(({ batch }) => batch))
      const stored: BatchRecord[] = []
      const again: ScoredRequest[] = []
      for (const [index, outcome] of outcomes.entries()) {
        const one = done[index]!
        const { pending, batch } = one
        if (outcome.kind === 'stored') {
          stored.push(batch)
          answer(one)
        } else if (outcome.answer.contentDigest !== batch.contentDigest) pending.reject(keyReused(batch.key))
        else if (pending.sampled && (!continued || answers.answered(pending.key))) {
          // The same completion was sampled again: another rollout, stored under a key of its own.
          again.push({ pending, batch: { ...batch, key: `${batch.key}#${batch.id}` } })
        } else {
          this.tellRepeated(outcome.answer.id, pending.request)
          const { id, specDigest, rows } = outcome.answer
          pending.resolve({ batch: id, repeated: true, specDigest, rows })
        }
      }
      if (again.length > 0) stored.push(...(await this.keep(again)))
      return stored
    } catch (error) {
      const failure =
        error instanceof GuerdonError
          ? error
          : new GuerdonError('STORE_FAILED', 'the scores could not be stored', { cause: error })
      for (const { pending } of done) pending.reject(failure)
      return []
    }
  }

  /** Counts a request that was answered with an earlier one's scores. */
  tellRepeated(batch: string, { protocol, rollouts }: ScoreRequest): void {
    this.#parts.store?.countRepeat(this.#parts.run, batch).catch(() => undefined)
    for (const listener of this.#parts.listeners) listener.onRepeated?.(batch, protocol, rollouts.length)
  }
}

export function keyReused(key: string): GuerdonError {
  return new GuerdonError('KEY_REUSED', 'the Idempotency-Key was used for another request', {
    found: key,
    expected: 'a new key for every new request, the same key only for its retries',
  })
}

export function asGuerdonError(error: unknown): GuerdonError {
  if (error instanceof GuerdonError) return error
  return new GuerdonError('SIGNAL_FAILED', 'the request could not be scored', { cause: error })
}
