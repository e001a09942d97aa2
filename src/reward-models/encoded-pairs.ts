/**
 * Preference pairs as numbers: what recipes train on. Embeddings lie in memory or, when they are many, in a file;
 * everything else is a column of one entry a pair.
 */
import type { HostTensor } from '../engine/host-tensor.ts'
import { hostTensor } from '../engine/host-tensor.ts'
import type { Table } from '../engine/sessions/session.ts'
import { GuerdonError } from '../records/error.ts'

/** Names as numbers: `names[codes[row]]`; −1 where the row has none. */
export interface Categories {
  readonly codes: Int32Array
  readonly names: readonly string[]
}

export interface EncodedPairs {
  readonly count: number
  /** of an embedding */
  readonly width: number
  /** [count, width] */
  readonly chosen: Table
  readonly rejected: Table
  /** embeddings of the prompts alone, where the recipe asks for them */
  readonly prompt?: Table
  /** how strongly `chosen` is preferred, on the data's own scale; NaN where it is not known */
  readonly strength: Float64Array
  /** scores of both completions on the data's own scale; NaN where they are not known */
  readonly chosenScore: Float64Array
  readonly rejectedScore: Float64Array
  /** in words */
  readonly chosenLength: Float64Array
  readonly rejectedLength: Float64Array
  /** 1 = neither is preferred */
  readonly tie: Uint8Array
  /** number of the prompt: equal prompts have equal numbers */
  readonly prompts: Int32Array
  readonly sources: Categories
  readonly users: Categories
  readonly categories: Categories
}

export const noCategories = (count: number): Categories => ({
  codes: new Int32Array(count).fill(-1),
  names: [],
})

/** Text labels as categories, in order of appearance; empty labels are none. */
export function categoriesOf(labels: readonly (string | undefined)[]): Categories {
  const numbers = new Map<string, number>()
  const codes = Int32Array.from(labels, (label) => {
    if (label === undefined || label === '') return -1
    const known = numbers.get(label)
    if (known !== undefined) return known
    numbers.set(label, numbers.size)
    return numbers.size - 1
  })
  return { codes, names: [...numbers.keys()] }
}

/**
 * Pairs given as plain features, row-major count × width, for instance from a simulated world.
 * @throws GuerdonError ARGUMENT_INVALID when the two sides differ in size
 */
export function pairsOfFeatures(
  chosen: ArrayLike<number>,
  rejected: ArrayLike<number>,
  width: number,
  columns: Partial<Omit<EncodedPairs, 'chosen' | 'rejected' | 'count' | 'width'>> = {},
): EncodedPairs {
  const count = chosen.length / width
  if (!Number.isInteger(count) || rejected.length !== chosen.length)
    throw new GuerdonError('ARGUMENT_INVALID', `${chosen.length} and ${rejected.length} features`, {
      expected: `as many on both sides, a multiple of ${width}`,
    })
  const table = (values: ArrayLike<number>): HostTensor =>
    hostTensor(Float32Array.from(values), [count, width])
  const unknown = (): Float64Array => new Float64Array(count).fill(Number.NaN)
  return {
    count,
    width,
    chosen: table(chosen),
    rejected: table(rejected),
    strength: unknown(),
    chosenScore: unknown(),
    rejectedScore: unknown(),
    chosenLength: new Float64Array(count).fill(1),
    rejectedLength: new Float64Array(count).fill(1),
    tie: new Uint8Array(count),
    prompts: Int32Array.from({ length: count }, (_, row) => row),
    sources: noCategories(count),
    users: noCategories(count),
    categories: noCategories(count),
    ...columns,
  }
}

/** The given rows of a table in memory. */
function rowsOfTable(table: Table, rows: Int32Array): Table {
  if ('path' in table)
    return {
      ...table,
      rows: table.rows === undefined ? rows : rows.map((row) => table.rows![row]!),
      shape: [rows.length, ...table.shape.slice(1)],
    }
  const width = table.shape.slice(1).reduce((product, length) => product * length, 1)
  const values = new Float32Array(rows.length * width)
  rows.forEach((row, index) => {
    values.set(table.values.subarray(row * width, (row + 1) * width), index * width)
  })
  return hostTensor(values, [rows.length, ...table.shape.slice(1)])
}

/** The given rows of all columns, in their order; rows may repeat. */
export function selectPairs(pairs: EncodedPairs, rows: Int32Array): EncodedPairs {
  const numbers = (values: Float64Array): Float64Array => Float64Array.from(rows, (row) => values[row]!)
  const categories = ({ codes, names }: Categories): Categories => ({
    codes: Int32Array.from(rows, (row) => codes[row]!),
    names,
  })
  return {
    count: rows.length,
    width: pairs.width,
    chosen: rowsOfTable(pairs.chosen, rows),
    rejected: rowsOfTable(pairs.rejected, rows),
    ...(pairs.prompt && { prompt: rowsOfTable(pairs.prompt, rows) }),
    strength: numbers(pairs.strength),
    chosenScore: numbers(pairs.chosenScore),
    rejectedScore: numbers(pairs.rejectedScore),
    chosenLength: numbers(pairs.chosenLength),
    rejectedLength: numbers(pairs.rejectedLength),
    tie: Uint8Array.from(rows, (row) => pairs.tie[row]!),
    prompts: Int32Array.from(rows, (row) => pairs.prompts[row]!),
    sources: categories(pairs.sources),
    users: categories(pairs.users),
    categories: categories(pairs.categories),
  }
}

/** The same pairs with chosen and rejected exchanged where `flip` is 1. Scores and lengths follow. */
export function flipPairs(pairs: EncodedPairs, flip: Uint8Array): EncodedPairs {
  if ('path' in pairs.chosen || 'path' in pairs.rejected)
    throw new GuerdonError('ARGUMENT_INVALID', 'pairs in a file cannot be flipped in place', {
      hint: 'Flip the data with guerdon curate first',
    })
  const [a, b] = [pairs.chosen.values, pairs.rejected.values]
  const chosen = Float32Array.from(a)
  const rejected = Float32Array.from(b)
  const { width } = pairs
  const exchange = (left: Float64Array, right: Float64Array): [Float64Array, Float64Array] => [
    left.map((value, row) => (flip[row] === 1 ? right[row]! : value)),
    right.map((value, row) => (flip[row] === 1 ? left[row]! : value)),
  ]
  for (let row = 0; row < pairs.count; row++) {
    if (flip[row] !== 1) continue
    chosen.set(b.subarray(row * width, (row + 1) * width) as Float32Array, row * width)
    rejected.set(a.subarray(row * width, (row + 1) * width) as Float32Array, row * width)
  }
  const [chosenScore, rejectedScore] = exchange(pairs.chosenScore, pairs.rejectedScore)
  const [chosenLength, rejectedLength] = exchange(pairs.chosenLength, pairs.rejectedLength)
  return {
    ...pairs,
    chosen: hostTensor(chosen, pairs.chosen.shape),
    rejected: hostTensor(rejected, pairs.rejected.shape),
    chosenScore,
    rejectedScore,
    chosenLength,
    rejectedLength,
  }
}

/** A column as a table that a batch can be cut from. */
export const columnTable = (values: ArrayLike<number>): HostTensor =>
  hostTensor(Float32Array.from(values), [values.length])

/**
 * Pairs of several sets one after another, as features in memory: chosen and rejected sides, ties; other columns are
 * those of pairs of plain features.
 * @throws GuerdonError ARGUMENT_INVALID for no sets, different widths or embeddings in files
 */
export function joinPairs(sets: readonly EncodedPairs[]): EncodedPairs {
  const [first] = sets
  const odd = sets.find((own) => own.width !== first?.width || 'path' in own.chosen || 'path' in own.rejected)
  if (first === undefined || odd !== undefined)
    throw new GuerdonError('ARGUMENT_INVALID', 'pairs cannot be joined', {
      expected: 'one or more sets of one width, in memory',
    })
  const count = sets.reduce((sum, own) => sum + own.count, 0)
  const side = (name: 'chosen' | 'rejected'): Float32Array => {
    const values = new Float32Array(count * first.width)
    let at = 0
    for (const own of sets) {
      const table = own[name] as HostTensor
      values.set(table.values as Float32Array, at)
      at += table.values.length
    }
    return values
  }
  const tie = new Uint8Array(count)
  let at = 0
  for (const own of sets) {
    tie.set(own.tie, at)
    at += own.count
  }
  return pairsOfFeatures(side('chosen'), side('rejected'), first.width, { tie })
}
