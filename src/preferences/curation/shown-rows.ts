/** Rows with their texts, caught when they come by, for the places of the report that name them. */
import { completionText, promptText } from '../../records/rollout.ts'
import type { ShownRow } from './curation-report.ts'
import type { ReadPair } from './read-pairs.ts'

const longestText = 600

function short(text: string): string {
  return text.length > longestText ? `${text.slice(0, longestText)}…` : text
}

/** Holds the rows that were asked for. */
export class ShownRows {
  readonly #files: readonly string[]
  readonly #wanted = new Set<number>()
  readonly #rows = new Map<number, ShownRow>()

  constructor(files: readonly string[]) {
    this.#files = files
  }

  /** Asks for a row before it comes by; rows are counted from 0 here and shown from 1. */
  want(row: number): void {
    if (row >= 0) this.#wanted.add(row)
  }

  /** Keeps a row that comes by when it was asked for, or whenever `always`. */
  pass(row: number, { pair, file, line }: ReadPair, strength: number | null, always = false): void {
    if (!always && !this.#wanted.has(row)) return
    if (this.#rows.has(row)) return
    this.#rows.set(row, {
      row: row + 1,
      id: pair.id,
      file: this.#files[file]!,
      line,
      strength,
      prompt: short(promptText(pair.prompt)),
      chosen: short(completionText(pair.chosen)),
      rejected: short(completionText(pair.rejected)),
      other: null,
    })
  }

  get(row: number, other = -1): ShownRow | undefined {
    const found = this.#rows.get(row)
    const beside = this.#rows.get(other)
    return found === undefined || beside === undefined ? found : { ...found, other: beside }
  }
}

/** The few best of a stream of rows, by the smallest number; equal numbers by the earlier row. */
export class FewestRows {
  readonly #most: number
  readonly rows: { readonly row: number; readonly by: number }[] = []

  constructor(most: number) {
    this.#most = most
  }

  /** Whether the row is among the few so far. */
  offer(row: number, by: number): boolean {
    const last = this.rows.at(-1)
    if (this.rows.length === this.#most && (by > last!.by || (by === last!.by && row > last!.row)))
      return false
    this.rows.push({ row, by })
    this.rows.sort((a, b) => a.by - b.by || a.row - b.row)
    if (this.rows.length > this.#most) this.rows.pop()
    return this.rows.some((kept) => kept.row === row)
  }
}
