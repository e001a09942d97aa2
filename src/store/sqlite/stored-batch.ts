/** A record of `batches`, taken apart only as far as it is asked. */
import type { BatchHead } from './batch-lines.ts'
import { TextReader } from './text-store.ts'

export interface RawBatch {
  readonly first_sequence: number
  readonly head: string
  readonly lines: string
  readonly text_ends: Uint8Array
  readonly texts: Uint8Array
}

export class StoredBatch {
  readonly firstSequence: number
  readonly head: BatchHead
  readonly texts: TextReader
  readonly #lines: readonly string[]

  constructor({ first_sequence, head, lines, text_ends, texts }: RawBatch) {
    this.firstSequence = first_sequence
    this.head = JSON.parse(head) as BatchHead
    this.texts = new TextReader(text_ends, texts)
    this.#lines = lines.split('\n')
  }

  rollout(row: number): string {
    return this.#lines[2 * row]!
  }

  scores(row: number): string {
    return this.#lines[2 * row + 1]!
  }
}

/** Every row's line of scores. */
export function scoreLines(lines: string): string[] {
  return lines === '' ? [] : lines.split('\n').filter((_, line) => line % 2 === 1)
}
