/** The numbers of a batch's rows by name, as every aggregate reads them. */
import { type Rollout, tokenCount } from '../records/rollout.ts'
import type { ScoredRow } from './store.ts'

/** Gathers numbers while rows go by: `values[name * rows + row]`; absent and invalid ones stay NaN. */
export class NumberTable {
  readonly #rows: number
  readonly #places = new Map<string, number>()
  /** where the name that came behind the last one before is looked for first: rows name their numbers in one order */
  #expected = 0
  readonly names: string[] = []
  readonly values: number[] = []

  constructor(rows: number) {
    this.#rows = rows
  }

  set(name: string, row: number, value: number | null): void {
    const place = this.names[this.#expected] === name ? this.#expected : this.#placeOf(name)
    this.#expected = place + 1
    if (value !== null && Number.isFinite(value)) this.values[place * this.#rows + row] = value
  }

  #placeOf(name: string): number {
    const known = this.#places.get(name)
    if (known !== undefined) return known
    this.#places.set(name, this.names.length)
    for (let index = 0; index < this.#rows; index++) this.values.push(Number.NaN)
    return this.names.push(name) - 1
  }

  /**
   * Takes in a row: reward, advantage, columns, stages, what the trainer logged, and how long the completion is.
   *
   * @param characters counts those of the completion, which stand in where no tokens are known
   */
  gather(
    row: number,
    rollout: Omit<Rollout, 'prompt' | 'completion'>,
    scored: ScoredRow,
    characters: () => number,
  ): void {
    this.#expected = 0
    this.set('reward', row, scored.reward)
    this.set('advantage', row, scored.advantage)
    for (const name in scored.columns) {
      const value = scored.columns[name]!
      if (value === null || typeof value === 'number') this.set(name, row, value)
    }
    for (const name in scored.stages) this.set(name, row, scored.stages[name]!)
    for (const name in rollout.columns) {
      const value = rollout.columns[name]
      if (typeof value === 'number') this.set(`logged/${name}`, row, value)
    }
    // A signal of that name is what the reward itself calls the length.
    if (!Object.hasOwn(scored.columns, 'length')) {
      this.set('length', row, tokenCount(rollout) ?? characters())
    }
  }
}
