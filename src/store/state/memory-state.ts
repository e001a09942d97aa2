/**
 * The state of a reward that one process serves. It does no input or output: it starts from a checkpoint that the
 * store kept (`Store.loadState`), and the service writes a new one with every batch.
 */
import type { RewardState } from '../../reward/score.ts'
import {
  checkKeys,
  closed,
  encodeStep,
  type MoveOutcome,
  REMEMBER_SECONDS,
  type StateStore,
  type Step,
} from './state-store.ts'

export interface MemoryStateOptions {
  /** the checkpoint to go on from (default: no state) */
  readonly initial?: RewardState | undefined
  /** how long the answers of applied requests are kept (default one hour) */
  readonly rememberSeconds?: number | undefined
  /** milliseconds since any fixed moment, never going back */
  readonly now?: () => number
}

interface Applied {
  /** JSON, so that an answer is the same whichever store gives it, and nobody can change it afterwards */
  readonly answer: string
  readonly until: number
}

/** A state in the memory of this process. */
export class MemoryState implements StateStore {
  readonly location = 'memory'
  readonly #rememberMs: number
  readonly #now: () => number
  /** in the order of storing, which is the order of running out */
  readonly #applied = new Map<string, Applied>()
  #state: RewardState
  #version = 0
  #closed = false

  constructor({
    initial = {},
    rememberSeconds = REMEMBER_SECONDS,
    now = () => performance.now(),
  }: MemoryStateOptions = {}) {
    this.#state = initial
    this.#rememberMs = rememberSeconds * 1000
    this.#now = now
  }

  async read(): Promise<{ state: RewardState; version: number }> {
    if (this.#closed) throw closed(this.location)
    return { state: this.#state, version: this.#version }
  }

  async move<T>(keys: readonly string[], step: (state: RewardState) => Step<T>): Promise<MoveOutcome<T>> {
    if (this.#closed) throw closed(this.location)
    checkKeys(keys)
    const now = this.#now()
    for (const [key, { until }] of this.#applied) {
      if (until > now) break
      this.#applied.delete(key)
    }
    const answers = new Map<string, unknown>()
    for (const key of keys) {
      const applied = this.#applied.get(key)
      if (applied !== undefined) answers.set(key, JSON.parse(applied.answer))
    }
    if (answers.size > 0) return { kind: 'applied', answers }

    // Nothing is awaited from here on, so no other move of this process can come in between.
    const moved = step(this.#state)
    const state: RewardState = JSON.parse(encodeStep(moved, keys))
    const encoded = moved.answers.map((answer) => JSON.stringify(answer ?? null))
    this.#state = state
    this.#version++
    for (const [index, key] of keys.entries()) {
      this.#applied.set(key, { answer: encoded[index]!, until: now + this.#rememberMs })
    }
    return { kind: 'moved', result: moved.result, state, version: this.#version }
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#applied.clear()
  }
}
