/**
 * What the signals say of one rollout, cut out of the columns of the batch it was scored in: this is what the verdict
 * cache keeps, and what the columns of any other batch with the same rollout are put together from.
 */
import {
  type Column,
  createColumn,
  createRaggedColumn,
  type Grain,
  invalidate,
  offsetsOf,
} from '../../records/column.ts'

type Entry = number | null

/** One rollout's entries, in the order of the columns; null = invalid. */
export interface Verdict {
  readonly values: readonly (Entry | readonly Entry[])[]
  /** column number → reason, or a reason for each entry of a ragged column; undefined for most rollouts */
  readonly reasons: ReadonlyMap<number, string | readonly (string | undefined)[]> | undefined
}

/** The verdict of one row. */
export function verdictOf(columns: readonly Column[], row: number): Verdict {
  const values: (Entry | Entry[])[] = new Array(columns.length)
  let reasons: Map<number, string | readonly (string | undefined)[]> | undefined
  for (let index = 0; index < columns.length; index++) {
    const column = columns[index]!
    const { offsets } = column
    if (offsets === undefined) {
      values[index] = column.valid[row] === 1 ? column.values[row]! : null
      const reason = column.reasons?.[row]
      if (reason !== undefined) {
        reasons ??= new Map()
        reasons.set(index, reason)
      }
      continue
    }
    const from = offsets[row]!
    const to = offsets[row + 1]!
    const list: Entry[] = new Array(to - from)
    for (let entry = from; entry < to; entry++)
      list[entry - from] = column.valid[entry] === 1 ? column.values[entry]! : null
    values[index] = list
    const said = column.reasons?.slice(from, to)
    if (said?.some((reason) => reason !== undefined)) {
      reasons ??= new Map()
      reasons.set(index, said)
    }
  }
  return { values, reasons }
}

/** The columns of a batch from the verdicts of its rows. */
export function columnsOf(verdicts: readonly Verdict[], grains: readonly Grain[]): Column[] {
  return grains.map((grain, index) =>
    grain === 'rollout' ? plainColumn(verdicts, index) : raggedColumn(verdicts, index, grain),
  )
}

function plainColumn(verdicts: readonly Verdict[], index: number): Column {
  const column = createColumn(verdicts.length)
  for (let row = 0; row < verdicts.length; row++) {
    const { values, reasons } = verdicts[row]!
    const value = values[index] as Entry
    const reason = reasons?.get(index) as string | undefined
    if (value === null) invalidate(column, row, reason ?? 'invalid')
    else {
      column.values[row] = value
      if (reason !== undefined) {
        column.reasons ??= []
        column.reasons[row] = reason
      }
    }
  }
  return column
}

function raggedColumn(verdicts: readonly Verdict[], index: number, grain: 'step' | 'token'): Column {
  const lists = verdicts.map(({ values }) => values[index] as readonly Entry[])
  const column = createRaggedColumn(grain, offsetsOf(lists.map((list) => list.length)))
  let entry = 0
  for (const [row, list] of lists.entries()) {
    const said = verdicts[row]!.reasons?.get(index) as readonly (string | undefined)[] | undefined
    for (let position = 0; position < list.length; position++, entry++) {
      const value = list[position]!
      const reason = said?.[position]
      if (value === null) invalidate(column, entry, reason ?? 'invalid')
      else {
        column.values[entry] = value
        if (reason !== undefined) {
          column.reasons ??= []
          column.reasons[entry] = reason
        }
      }
    }
  }
  return column
}

/** About how many bytes a verdict takes in memory. */
export function verdictBytes({ values, reasons }: Verdict): number {
  let bytes = 96
  for (const value of values)
    bytes += typeof value === 'number' || value === null ? 16 : 32 + 16 * value.length
  for (const reason of reasons?.values() ?? [])
    bytes +=
      typeof reason === 'string'
        ? 64 + 2 * reason.length
        : 32 + 8 * reason.length + 128 * reason.filter(Boolean).length
  return bytes
}
