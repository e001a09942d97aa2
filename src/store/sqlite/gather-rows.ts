/** Makes numbers of the rows of stored batches: what blocks are built from. */
import { completionText, type Rollout } from '../../records/rollout.ts'
import type { NumberedBatch } from '../number-block.ts'
import { NumberTable } from '../number-table.ts'
import type { ScoredRow } from '../store.ts'
import { encodeText } from '../text-encoding.ts'
import { decodeStoredText } from './batch-lines.ts'
import { shortHash } from './text-hash.ts'
import { completionLength, TextReader, tableOf } from './text-store.ts'

export interface UnsettledBatch {
  readonly number: number
  readonly run: number
  readonly first_sequence: number
  readonly row_count: number
  readonly lines: string
  readonly text_ends: Uint8Array
}

/** Rows of neighbouring batches of one run. */
export interface GatheredRows {
  /** sequence of the first row */
  readonly first: number
  readonly batch: NumberedBatch
  /** row → number of its batch */
  readonly batches: Float64Array
  /** row → `shortHash` of its id */
  readonly ids: Uint32Array
}

/** Rows that small batches share a table up to; batches of other columns then fill it with little that is absent. */
const TABLE_ROWS = 64

/** Lots of batches whose rows follow one another, each small enough for one table or a single batch. */
export function tableLots(batches: readonly UnsettledBatch[]): UnsettledBatch[][] {
  const lots: UnsettledBatch[][] = []
  let rows = 0
  let next = -1
  for (const batch of batches) {
    if (batch.row_count === 0) continue
    const lot = lots.at(-1)
    rows += batch.row_count
    if (lot !== undefined && batch.first_sequence === next && rows <= TABLE_ROWS) lot.push(batch)
    else {
      lots.push([batch])
      rows = batch.row_count
    }
    next = batch.first_sequence + batch.row_count
  }
  return lots
}

/** @param textsOf the texts of a batch, asked only where a completion came as messages and names no tokens */
export function gatherRows(
  lot: readonly UnsettledBatch[],
  textsOf: (batch: number) => Uint8Array,
): GatheredRows {
  const rows = lot.reduce((sum, { row_count }) => sum + row_count, 0)
  const table = new NumberTable(rows)
  const ids = new Array<string>(rows)
  const groups = new Array<string>(rows)
  const steps = new Array<number | null>(rows)
  const batches = new Float64Array(rows)
  const hashes = new Uint32Array(rows)
  let at = 0
  for (const { number, lines: joined, text_ends, row_count } of lot) {
    const lines = joined.split('\n')
    const ends = tableOf(text_ends)
    for (let row = 0; row < row_count; row++, at++) {
      const rollout = JSON.parse(lines[2 * row]!) as Omit<Rollout, 'prompt' | 'completion'>
      const length = (): number =>
        completionLength(ends, row) ??
        completionText(decodeStoredText(new TextReader(text_ends, textsOf(number)).completion(row))).length
      table.gather(at, rollout, JSON.parse(lines[2 * row + 1]!) as ScoredRow, length)
      const id = encodeText(rollout.id)
      ids[at] = id
      groups[at] = encodeText(rollout.group)
      steps[at] = rollout.step ?? null
      batches[at] = number
      hashes[at] = shortHash(id)
    }
  }
  return {
    first: lot[0]!.first_sequence,
    batch: { ids, groups, steps, names: table.names, numbers: table.values },
    batches,
    ids: hashes,
  }
}
