/**
 * Verdicts that are known already, by the content of their rollout. Looking one up costs some microseconds, most of
 * them for the digest: where the signals turn out to be cheaper than that, the cache steps aside.
 */
import { LRUCache } from 'lru-cache'
import type { Grain } from '../../records/column.ts'
import type { SignalTiming } from '../../reward/run-signals.ts'
import { type Verdict, verdictBytes } from './verdict-rows.ts'

/** Below this time a row's signals are run again rather than looked up. */
const cheapSeconds = 10e-6
/** rows that are seen before the signals count as cheap */
const judgedAfter = 4096

export class VerdictCache {
  readonly #verdicts: LRUCache<string, Verdict>
  #rows = 0
  #seconds = 0
  #cheap = false

  /** @param bytes of memory, about */
  constructor(bytes: number, grains: readonly Grain[]) {
    const ragged = grains.some((grain) => grain !== 'rollout')
    // Entries of one size are counted, which costs less than weighing each.
    this.#verdicts = ragged
      ? new LRUCache({ maxSize: bytes, sizeCalculation: (verdict) => 300 + verdictBytes(verdict) })
      : new LRUCache({ max: Math.max(1, Math.floor(bytes / (400 + 16 * grains.length))) })
  }

  /** false when the signals are cheaper than a look into the cache */
  get worthwhile(): boolean {
    return !this.#cheap
  }

  get(digest: string): Verdict | undefined {
    return this.#verdicts.get(digest)
  }

  set(digest: string, verdict: Verdict): void {
    this.#verdicts.set(digest, verdict)
  }

  /** Learns what the signals cost: `rows` rows under all signals. */
  observe(rows: number, timings: readonly SignalTiming[]): void {
    if (this.#cheap) return
    this.#rows += rows
    for (const { seconds } of timings) this.#seconds += seconds
    if (this.#rows < judgedAfter) return
    this.#cheap = this.#seconds / this.#rows < cheapSeconds
    if (this.#cheap) this.#verdicts.clear()
  }
}
