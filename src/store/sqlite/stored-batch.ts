/** A record of `batches`, taken apart only as far as it is asked. */
import type { BatchHead } from './batch-lines.ts'

/** Columns in front of the lines are read without touching those. */
export interface RawBatch {
  readonly number: number
  readonly first_sequence: number
  readonly head: string
  readonly lines: Uint8Array
}

const LINE_BREAK = 0x0a

export class StoredBatch {
  readonly firstSequence: number
  readonly head: BatchHead
  readonly #bytes: Buffer
  /** where each line begins, and behind the last one where another would */
  readonly #starts: number[] = [0]

  constructor({ first_sequence, head, lines }: RawBatch) {
    this.firstSequence = first_sequence
    this.head = JSON.parse(head) as BatchHead
    this.#bytes = Buffer.from(lines.buffer, lines.byteOffset, lines.byteLength)
  }

  rollout(row: number): string {
    return this.#line(2 * row)
  }

  scores(row: number): string {
    return this.#line(2 * row + 1)
  }

  /** Every row's line of scores. */
  allScores(): string[] {
    return Array.from({ length: this.head.rows }, (_, row) => this.scores(row))
  }

  #line(line: number): string {
    const starts = this.#starts
    while (starts.length <= line + 1) {
      const end = this.#bytes.indexOf(LINE_BREAK, starts.at(-1)!)
      starts.push((end === -1 ? this.#bytes.length : end) + 1)
    }
    return this.#bytes.toString('utf8', starts[line]!, starts[line + 1]! - 1)
  }
}
