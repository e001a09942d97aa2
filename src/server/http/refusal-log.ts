/**
 * Writes why requests were refused: the first of each kind at once and whole, the repeats as a count once a minute.
 * Trainers retry what will never pass, some of them for minutes; the log must name the reason once and stay readable.
 */
import { LRUCache } from 'lru-cache'
import type { Logger } from 'pino'
import { type GuerdonError, show } from '../../records/error.ts'

interface Repeats {
  readonly code: string
  readonly path: string
  readonly reason: string
  count: number
}

export class RefusalLog {
  readonly #logger: Logger
  readonly #seen = new LRUCache<string, Repeats>({ max: 1000 })
  readonly #timer: NodeJS.Timeout

  constructor(logger: Logger, intervalSeconds = 60) {
    this.#logger = logger
    this.#timer = setInterval(() => this.summarise(), intervalSeconds * 1000)
    this.#timer.unref()
  }

  /** Notes a refusal; what the client sent is left out of the log, where it may be a rollout's text. */
  note(error: GuerdonError, path: string, requestId: string): void {
    const reason = reasonOf(error)
    // Two rows with the same fault are one reason.
    const key = `${error.code} ${path} ${reason.replace(/\d+/g, '#').replace(/row "[^"]*"/g, 'row')}`
    const known = this.#seen.get(key)
    if (known !== undefined) {
      known.count++
      return
    }
    this.#seen.set(key, { code: error.code, path, reason, count: 0 })
    this.#logger.warn({ code: error.code, path, requestId, status: error.httpStatus }, reason)
  }

  /** Writes how often each known reason came again since the last time. */
  summarise(): void {
    for (const repeats of this.#seen.values()) {
      if (repeats.count === 0) continue
      const { code, path, reason, count } = repeats
      this.#logger.warn({ code, path, repeats: count }, `${reason}, ${count} more times`)
      repeats.count = 0
    }
  }

  close(): void {
    clearInterval(this.#timer)
    this.summarise()
  }
}

/** The error's sentence without the value that was found. */
export function reasonOf(error: GuerdonError): string {
  if (error.found === undefined) return error.message
  return error.message.replace(` (found: ${show(error.found)})`, '')
}
