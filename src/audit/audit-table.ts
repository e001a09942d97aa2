/** The rollouts of an audit as columns of numbers, with their groups and training steps. */
import { type Groups, groupsFromIds } from '../numerics/grouped.ts'
import { GuerdonError } from '../records/error.ts'

/** What an audit knows of one rollout. */
export interface AuditRow {
  readonly id: string
  readonly group: string
  readonly step: number | null
  /** null = invalid: the row is left out and counted */
  readonly reward: number | null
  /** components of the reward and whatever else was logged as a number; null or absent = missing */
  readonly columns: Readonly<Record<string, number | null>>
  /** length in tokens, when known */
  readonly tokens?: number | undefined
  readonly completion?: string | undefined
}

export interface AuditTable {
  readonly size: number
  /** rows left out because their reward is invalid */
  readonly invalid: number
  readonly ids: readonly string[]
  /** a prompt at a step is one group: the policy that wrote it was one policy */
  readonly groups: Groups
  /** step number of each group: its place in `steps`; −1 without steps */
  readonly stepOfGroup: Int32Array
  /** the training steps in ascending order; empty when any row names none */
  readonly steps: Float64Array
  /** true where the log names no steps and these are slices of it, in its order */
  readonly sliced: boolean
  readonly reward: Float64Array
  /** NaN = missing */
  readonly columns: ReadonlyMap<string, Float64Array>
  readonly heldBack: { readonly name: string; readonly values: Float64Array } | null
  readonly length: { readonly unit: 'tokens' | 'words'; readonly values: Float64Array } | null
  /** null when any row lacks its text */
  readonly texts: readonly string[] | null
}

export interface TableOptions {
  /** column that the reward does not see: verified, human or stronger-judge labels */
  readonly heldBack?: string | undefined
  /** name of the audited column, left out of the components */
  readonly reward?: string | undefined
}

function countWords(text: string): number {
  let words = 0
  let inside = false
  for (let index = 0; index < text.length; index++) {
    const space = text.charCodeAt(index) <= 32
    if (!space && !inside) words++
    inside = !space
  }
  return words
}

/**
 * Rows as columns. Rows without a valid reward are left out and counted; missing numbers become NaN.
 * @throws GuerdonError DATA_FIELD_MISSING when no row has the held-back column
 * @throws GuerdonError DATA_EMPTY when no row has a valid reward
 */
export function auditTable(rows: readonly AuditRow[], options: TableOptions = {}): AuditTable {
  const kept = rows.filter(({ reward }) => reward !== null && Number.isFinite(reward))
  if (kept.length === 0) {
    throw new GuerdonError('DATA_EMPTY', 'no row has a valid reward', {
      expected: 'at least one row with a number as reward',
    })
  }
  const size = kept.length
  const named = kept.every(({ step }) => step !== null)
  const steps = named ? Float64Array.from(new Set(kept.map(({ step }) => step!))).sort() : new Float64Array(0)
  const placeOfStep = new Map(Array.from(steps, (step, place) => [step, place]))
  const groups = groupsFromIds(
    kept.map(({ group, step }) => (steps.length > 1 ? `${step}\u0000${group}` : group)),
  )
  const stepOfGroup = new Int32Array(groups.count).fill(-1)
  const reward = new Float64Array(size)
  const columns = new Map<string, Float64Array>()
  for (const [row, entry] of kept.entries()) {
    reward[row] = entry.reward!
    if (steps.length > 0) stepOfGroup[groups.of[row]!] = placeOfStep.get(entry.step!)!
    for (const name in entry.columns) {
      const value = entry.columns[name]
      if (typeof value !== 'number' || !Number.isFinite(value)) continue
      let column = columns.get(name)
      if (column === undefined) {
        column = new Float64Array(size).fill(Number.NaN)
        columns.set(name, column)
      }
      column[row] = value
    }
  }
  const names = [...columns.keys()]
  let heldBack: AuditTable['heldBack'] = null
  if (options.heldBack !== undefined) {
    const values = columns.get(options.heldBack)
    if (values === undefined) {
      throw new GuerdonError('DATA_FIELD_MISSING', 'no row has this held-back column as a number', {
        where: { field: options.heldBack },
        expected: names.length === 0 ? 'a column of numbers' : `one of ${names.join(', ')}`,
      })
    }
    heldBack = { name: options.heldBack, values }
    columns.delete(options.heldBack)
  }
  if (options.reward !== undefined) columns.delete(options.reward)
  const texts = kept.every(({ completion }) => completion !== undefined)
    ? kept.map(({ completion }) => completion!)
    : null
  return {
    size,
    invalid: rows.length - size,
    ids: kept.map(({ id }) => id),
    groups,
    stepOfGroup,
    steps,
    reward,
    columns,
    heldBack,
    texts,
    sliced: false,
    length: kept.every(({ tokens }) => tokens !== undefined)
      ? { unit: 'tokens', values: Float64Array.from(kept, ({ tokens }) => tokens!) }
      : texts === null
        ? null
        : { unit: 'words', values: Float64Array.from(texts, countWords) },
  }
}

/** Rows of a table with its group numbers kept, for a statistic on part of it. */
export interface Part {
  readonly rows: Int32Array
  readonly groups: Groups
}

/**
 * The rows of groups at the given steps (places `from` … `to` − 1 of `steps`) in which every given column is known,
 * groups renumbered from 0. Without steps all rows are taken.
 */
export function partOf(
  table: AuditTable,
  columns: readonly Float64Array[],
  from = 0,
  to = Number.POSITIVE_INFINITY,
): Part {
  const rows: number[] = []
  const { of } = table.groups
  for (let row = 0; row < table.size; row++) {
    const step = table.stepOfGroup[of[row]!]!
    if (step !== -1 && (step < from || step >= to)) continue
    if (columns.every((column) => !Number.isNaN(column[row]!))) rows.push(row)
  }
  const kept = Int32Array.from(rows)
  // Numbered by first appearance: a group without rows here must not count as a prompt.
  const numbers = new Int32Array(table.groups.count).fill(-1)
  let count = 0
  const renumbered = Int32Array.from(kept, (row) => {
    const group = of[row]!
    if (numbers[group] === -1) numbers[group] = count++
    return numbers[group]!
  })
  return { rows: kept, groups: { count, of: renumbered } }
}

/** The entries of a column at the given rows. */
export function pick(column: Float64Array, rows: Int32Array): Float64Array {
  const picked = new Float64Array(rows.length)
  for (let index = 0; index < rows.length; index++) picked[index] = column[rows[index]!]!
  return picked
}

/** Prompts that an interval by resampling needs: over fewer it is too narrow. */
export const LEAST_GROUPS = 20

/** Groups with at least two rows: those that a statistic inside prompts learns from. */
export function comparedGroups({ count, of }: Groups): number {
  const sizes = new Int32Array(count)
  for (const group of of) sizes[group]!++
  return sizes.reduce((sum, size) => sum + Number(size > 1), 0)
}
