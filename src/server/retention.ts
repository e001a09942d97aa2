/** Keeps a store small while it is being served: what the policy does not allow is forgotten, once a minute. */
import type { Logger } from 'pino'
import type { RetentionPolicy, Store } from '../store/store.ts'

export interface RetentionOptions {
  readonly store: Pick<Store, 'prune'>
  readonly policy: RetentionPolicy
  readonly logger: Logger
  /** told when rows went */
  onForgotten?(rows: number): void
  /** milliseconds between the end of one look and the next; default a minute */
  readonly pause?: number | undefined
}

/**
 * Calls `store.prune` when it is made and a minute after every look that is done. Pruning goes on beside scoring, in
 * pieces of the store's own. The idempotency keys of forgotten batches are forgotten with them: a request that comes
 * again so late is scored anew, as a new batch. A look that fails is logged and tried again at the next one.
 */
export class Retention {
  readonly #options: RetentionOptions
  #timer: NodeJS.Timeout | undefined
  #closed = false

  constructor(options: RetentionOptions) {
    this.#options = options
    void this.#look()
  }

  /** Looks no more. A look under way ends when the store is closed, between two of its pieces. */
  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
  }

  async #look(): Promise<void> {
    const { store, policy, logger, pause = 60_000 } = this.#options
    try {
      const rows = await store.prune(policy)
      if (rows > 0) {
        logger.info({ rows }, 'the oldest batches were forgotten, and their keys')
        this.#options.onForgotten?.(rows)
      }
    } catch (error) {
      // A store that was closed under it says so; that is the end, not a failure.
      if (!this.#closed) logger.warn({ err: error }, 'the oldest batches could not be forgotten')
    }
    if (this.#closed) return
    this.#timer = setTimeout(() => void this.#look(), pause)
    this.#timer.unref()
  }
}
