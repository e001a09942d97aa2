/** Reads rows with their texts out of the batches that hold them. */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { plainText } from '../plain-text.ts'
import { encodeText } from '../text-encoding.ts'
import { matchesText } from '../text-search.ts'
import { decodeStoredText, type RowLines, type StoredText } from './batch-lines.ts'
import type { PickedRow } from './pick-rows.ts'
import { type RawBatch, StoredBatch } from './stored-batch.ts'

/** What texts and ids of a row have to be; both as `encodeText` writes them. */
export interface TextCondition {
  readonly id: string | undefined
  readonly text: string | undefined
}

export class BatchReader {
  readonly #batch: StatementSync
  readonly #repeats: StatementSync

  constructor(database: DatabaseSync) {
    this.#batch = database.prepare(
      'SELECT first_sequence, head, lines, text_ends, texts FROM batches WHERE number = ?',
    )
    this.#repeats = database.prepare(
      'SELECT p.count FROM batches b JOIN repeats p ON p.run = b.run AND p.id = ? WHERE b.number = ?',
    )
  }

  /** The rows, in the given order. Rows of a batch are read together, wherever they stand. */
  rows(picked: readonly PickedRow[]): RowLines[] {
    const rows = new Array<RowLines>(picked.length)
    this.#eachBatch(picked, (batch, number, places) => {
      const { id, protocol, specDigest, receivedAt } = batch.head
      const repeats = (this.#repeats.get(encodeText(id), number)?.count as number | undefined) ?? 0
      for (const place of places) {
        const { sequence, reward } = picked[place]!
        const row = sequence - batch.firstSequence
        rows[place] = {
          sequence,
          reward,
          batch: id,
          protocol,
          specDigest,
          receivedAt,
          repeats,
          rollout: batch.rollout(row),
          prompt: batch.texts.prompt(row),
          completion: batch.texts.completion(row),
          scores: batch.scores(row),
        }
      }
    })
    return rows
  }

  /** Those of the rows that meet a condition, in the given order. */
  matching(picked: readonly PickedRow[], condition: TextCondition): PickedRow[] {
    const found = new Uint8Array(picked.length)
    this.#eachBatch(picked, (batch, _, places) => {
      const matches = matcherOf(batch, condition)
      for (const place of places)
        found[place] = matches(picked[place]!.sequence - batch.firstSequence) ? 1 : 0
    })
    return picked.filter((_, place) => found[place] === 1)
  }

  #eachBatch(
    picked: readonly PickedRow[],
    take: (batch: StoredBatch, number: number, places: readonly number[]) => void,
  ): void {
    const places = new Map<number, number[]>()
    for (const [place, { batch }] of picked.entries()) {
      const known = places.get(batch)
      if (known === undefined) places.set(batch, [place])
      else known.push(place)
    }
    for (const [number, rows] of places) {
      take(new StoredBatch(this.#batch.get(number) as unknown as RawBatch), number, rows)
    }
  }
}

/** Tests rows of a batch; a prompt that many rows share is looked at once. */
function matcherOf(batch: StoredBatch, { id, text }: TextCondition): (row: number) => boolean {
  const { texts } = batch
  const prompts = new Map<number, boolean>()
  const contains = (stored: StoredText, wanted: string): boolean =>
    matchesText('text' in stored ? stored.text : encodeText(plainText(decodeStoredText(stored))), wanted)
  const promptContains = (row: number, wanted: string): boolean => {
    const of = texts.promptRow(row)
    const known = prompts.get(of) ?? contains(texts.prompt(of), wanted)
    prompts.set(of, known)
    return known
  }
  return (row) => {
    if (id !== undefined && encodeText((JSON.parse(batch.rollout(row)) as { id: string }).id) !== id)
      return false
    return text === undefined || promptContains(row, text) || contains(texts.completion(row), text)
  }
}
