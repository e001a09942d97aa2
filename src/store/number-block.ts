/**
 * The numbers of the rows that one transaction stored for a run, as one matrix: `values[column * rows + row]`. The
 * first three columns are the row's sequence, its step (NaN = none) and the place of its group in `groups`; the
 * others are named. A block a transaction, not a batch, keeps single-row requests quick to read back.
 */
import type { EncodedBatch } from './encode-batch.ts'

/** columns in front of the named ones: sequence, step, group */
export const FIXED_COLUMNS = 3

export interface NumberBlock {
  readonly rows: number
  readonly names: readonly string[]
  readonly groups: readonly string[]
  readonly values: Float64Array
}

/** Of a batch what a block is made from. */
export type NumberedBatch = Pick<EncodedBatch, 'ids' | 'groups' | 'steps' | 'names' | 'numbers'>

/** A batch and the sequence of its first row. */
export interface PlacedBatch<Batch extends NumberedBatch = EncodedBatch> {
  readonly batch: Batch
  readonly first: number
}

function blockOf(placed: readonly PlacedBatch<NumberedBatch>[], names: readonly string[]): NumberBlock {
  const rows = placed.reduce((sum, { batch }) => sum + batch.ids.length, 0)
  const places = new Map(names.map((name, place) => [name, place + FIXED_COLUMNS]))
  const values = new Float64Array((names.length + FIXED_COLUMNS) * rows).fill(Number.NaN)
  const groups = new Map<string, number>()
  let start = 0
  for (const { batch, first } of placed) {
    const size = batch.ids.length
    for (let row = 0; row < size; row++) {
      let group = groups.get(batch.groups[row]!)
      if (group === undefined) {
        group = groups.size
        groups.set(batch.groups[row]!, group)
      }
      values[start + row] = first + row
      values[rows + start + row] = batch.steps[row] ?? Number.NaN
      values[2 * rows + start + row] = group
    }
    for (let name = 0; name < batch.names.length; name++) {
      const offset = places.get(batch.names[name]!)! * rows + start
      for (let row = 0; row < size; row++) values[offset + row] = batch.numbers[name * size + row]!
    }
    start += size
  }
  return { rows, names, groups: [...groups.keys()], values }
}

/**
 * The blocks of batches of one run, in order. Batches share a block while their names do not make it mostly empty;
 * batches without rows are in none.
 */
export function numberBlocks(placed: readonly PlacedBatch<NumberedBatch>[]): NumberBlock[] {
  const blocks: NumberBlock[] = []
  let names = new Set<string>()
  let open: PlacedBatch<NumberedBatch>[] = []
  const finish = (): void => {
    if (open.length > 0) blocks.push(blockOf(open, [...names]))
    open = []
    names = new Set()
  }
  for (const entry of placed) {
    if (entry.batch.ids.length === 0) continue
    const { names: own } = entry.batch
    const added = own.filter((name) => !names.has(name))
    const emptiest = Math.min(own.length, names.size)
    if (open.length > 0 && names.size + added.length > 1.5 * emptiest + 8) {
      finish()
      names = new Set(own)
    } else for (const name of added) names.add(name)
    open.push(entry)
  }
  finish()
  return blocks
}

/** The block without the rows whose sequence is not kept; undefined when none is left. */
export function keepRows(block: NumberBlock, isKept: (sequence: number) => boolean): NumberBlock | undefined {
  const { rows, names, groups, values } = block
  const kept: number[] = []
  for (let row = 0; row < rows; row++) if (isKept(values[row]!)) kept.push(row)
  if (kept.length === 0) return undefined
  const columns = names.length + FIXED_COLUMNS
  const left = new Float64Array(columns * kept.length)
  for (let column = 0; column < columns; column++) {
    for (let row = 0; row < kept.length; row++) {
      left[column * kept.length + row] = values[column * rows + kept[row]!]!
    }
  }
  return { rows: kept.length, names, groups, values: left }
}

/** The bytes of a block's values, little-endian as on every machine Node runs on. */
export function bytesOf(values: Float64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}

/** The values of stored bytes; copied when they do not lie on a multiple of eight. */
export function valuesOf(bytes: Uint8Array): Float64Array {
  if (bytes.byteOffset % 8 === 0)
    return new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8)
  return new Float64Array(bytes.slice().buffer)
}
