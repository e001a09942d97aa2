/** Reads rows with their texts out of the batches that hold them. */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { plainText } from '../plain-text.ts'
import { encodeText } from '../text-encoding.ts'
import { matchesText, textPattern } from '../text-search.ts'
import { decodeRollout, type RowLines } from './batch-lines.ts'
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
    this.#batch = database.prepare('SELECT number, first_sequence, head, lines FROM batches WHERE number = ?')
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
          scores: batch.scores(row),
        }
      }
    })
    return rows
  }

  /** Those of the rows that meet a condition, in the given order. */
  matching(picked: readonly PickedRow[], condition: TextCondition): PickedRow[] {
    const matches = matcherOf(condition)
    const found = new Uint8Array(picked.length)
    this.#eachBatch(picked, (batch, _, places) => {
      for (const place of places) {
        found[place] = matches(batch.rollout(picked[place]!.sequence - batch.firstSequence)) ? 1 : 0
      }
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

/** Tests the line of a rollout; most lines are refused by what stands in them, before they are parsed. */
function matcherOf({ id, text }: TextCondition): (line: string) => boolean {
  const line = text === undefined ? undefined : linePattern(text)
  return (rollout) => {
    if (line !== undefined && !line.test(rollout)) return false
    const { id: own, prompt, completion } = decodeRollout(rollout)
    if (id !== undefined && encodeText(own) !== id) return false
    if (text === undefined) return true
    return (
      matchesText(encodeText(plainText(prompt)), text) || matchesText(encodeText(plainText(completion)), text)
    )
  }
}

/**
 * What a line of JSON must contain for one of its texts to contain `text`; undefined when that cannot be said: of other
 * than ASCII, whose case pattern and search may see differently, and of line breaks, which join the texts of messages.
 */
function linePattern(text: string): RegExp | undefined {
  if (textPattern(text) === undefined || /[\n\u001a]/.test(text)) return undefined
  return new RegExp(
    JSON.stringify(text)
      .slice(1, -1)
      .replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'),
    'i',
  )
}
