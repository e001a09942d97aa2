/** Gathers number blocks into one frame of at most so many rows, evenly spread over all rows that a filter matches. */
import { FIXED_COLUMNS, type NumberBlock } from './number-block.ts'
import type { NumberFrame, RowFilter } from './store.ts'
import { decodeText } from './text-encoding.ts'

/** A growing list of numbers; entries that nobody set are NaN. */
class Numbers {
  values = new Float64Array(1024).fill(Number.NaN)

  set(index: number, value: number): void {
    if (index >= this.values.length) {
      const longer = new Float64Array(Math.max(index + 1, 2 * this.values.length)).fill(Number.NaN)
      longer.set(this.values)
      this.values = longer
    }
    this.values[index] = value
  }

  /** keeps the entries at `picked`, in order, of the first `length` */
  pick(picked: ArrayLike<number>): void {
    const kept = new Float64Array(Math.max(picked.length, 1024)).fill(Number.NaN)
    for (let index = 0; index < picked.length; index++)
      kept[index] = this.values[picked[index]!] ?? Number.NaN
    this.values = kept
  }
}

/**
 * Takes blocks in the order of storing. While rows come, every `stride`-th matching row is kept, and the stride
 * doubles whenever twice the asked number is held, so that memory is bounded; `finish` thins to exactly `most`.
 */
export class FrameBuilder {
  readonly #most: number
  readonly #filter: RowFilter
  readonly #only: ReadonlySet<number> | undefined
  readonly #columns = new Map<string, Numbers>()
  readonly #sequence = new Numbers()
  readonly #step = new Numbers()
  readonly #group = new Numbers()
  readonly #groups = new Map<string, number>()
  #matching = 0
  #kept = 0
  #stride = 1

  /** @param only sequences that conditions on texts and ids left; all when absent */
  constructor(most: number, filter: RowFilter, only?: ReadonlySet<number>) {
    this.#most = Math.max(0, Math.floor(most))
    this.#filter = filter
    this.#only = only
  }

  add(block: NumberBlock): void {
    const { rows, names, values } = block
    const matches = this.#matcher(block)
    const groupOf = block.groups.map((name) => {
      const known = this.#groups.get(name)
      if (known !== undefined) return known
      this.#groups.set(name, this.#groups.size)
      return this.#groups.size - 1
    })
    const columns = names.map((name) => {
      const column = this.#columns.get(name) ?? new Numbers()
      this.#columns.set(name, column)
      return column
    })
    for (let row = 0; row < rows; row++) {
      if (!matches(row)) continue
      const isKept = this.#matching++ % this.#stride === 0
      if (!isKept) continue
      const at = this.#kept++
      this.#sequence.set(at, values[row]!)
      this.#step.set(at, values[rows + row]!)
      this.#group.set(at, groupOf[values[2 * rows + row]!]!)
      for (let column = 0; column < columns.length; column++) {
        columns[column]!.set(at, values[(column + FIXED_COLUMNS) * rows + row]!)
      }
      if (this.#kept >= 2 * this.#most + 1) this.#thin()
    }
  }

  #matcher({ rows, names, groups, values }: NumberBlock): (row: number) => boolean {
    const { fromStep, toStep, group, valid } = this.#filter
    const rewards = (names.indexOf('reward') + FIXED_COLUMNS) * rows
    const wanted = group === undefined ? -1 : groups.indexOf(group)
    const only = this.#only
    return (row) => {
      if (only !== undefined && !only.has(values[row]!)) return false
      const step = values[rows + row]!
      // Comparisons with NaN are false: a row without a step lies in no range.
      if (fromStep !== undefined && !(step >= fromStep)) return false
      if (toStep !== undefined && !(step <= toStep)) return false
      if (group !== undefined && values[2 * rows + row] !== wanted) return false
      return valid === undefined || Number.isNaN(values[rewards + row]!) !== valid
    }
  }

  /** Every second row goes; those left are still every `stride`-th of all that matched. */
  #thin(): void {
    const picked: number[] = []
    for (let index = 0; index < this.#kept; index += 2) picked.push(index)
    this.#pick(picked)
    this.#stride *= 2
  }

  #pick(picked: readonly number[]): void {
    for (const column of [this.#sequence, this.#step, this.#group, ...this.#columns.values()]) {
      column.pick(picked)
    }
    this.#kept = picked.length
  }

  finish(): NumberFrame {
    if (this.#kept > this.#most) {
      const picked = Array.from({ length: this.#most }, (_, index) =>
        Math.floor((index * this.#kept) / this.#most),
      )
      this.#pick(picked)
    }
    const size = this.#kept
    const exact = (column: Numbers): Float64Array => {
      const copy = new Float64Array(size).fill(Number.NaN)
      copy.set(column.values.subarray(0, size))
      return copy
    }
    const group = new Int32Array(size)
    // Groups whose rows were all thinned away are not named.
    const renumbered = new Map<number, number>()
    for (let row = 0; row < size; row++) {
      const of = this.#group.values[row]!
      let place = renumbered.get(of)
      if (place === undefined) {
        place = renumbered.size
        renumbered.set(of, place)
      }
      group[row] = place
    }
    const names = [...this.#groups.keys()]
    return {
      matching: this.#matching,
      sequence: exact(this.#sequence),
      step: exact(this.#step),
      group,
      groupNames: [...renumbered.keys()].map((of) => decodeText(names[of]!)),
      columns: new Map([...this.#columns].map(([name, column]) => [name, exact(column)])),
    }
  }
}
