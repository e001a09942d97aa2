import { expect } from 'vitest'
import type { CombinerDefinition } from '../kinds/combiner.ts'
import type { Inputs } from '../kinds/inputs.ts'
import { type ExampleInput, type Method, parseParameters } from '../kinds/method.ts'
import { groupsFromIds } from '../numerics/grouped.ts'
import { type Column, columnOf, raggedColumnOf, rolloutsOf } from '../records/column.ts'

type List = readonly (number | null)[]
type Lists = readonly List[]

// biome-ignore lint/suspicious/noExplicitAny: the contract takes combiners of any parameters
export type AnyCombiner = Method<'combiner', any> & CombinerDefinition<any>

function toColumn(list: List | Lists, reason: string): Column {
  return Array.isArray(list[0])
    ? raggedColumnOf('step', list as Lists, reason)
    : columnOf(list as List, reason)
}

function toLists(column: Column): (number | null)[] | (number | null)[][] {
  const flat = Array.from(column.values, (value, entry) => (column.valid[entry] === 1 ? value : null))
  const { offsets } = column
  if (offsets === undefined) return flat
  return Array.from({ length: offsets.length - 1 }, (_, row) => flat.slice(offsets[row]!, offsets[row + 1]!))
}

function columnsOf(lists: Readonly<Record<string, List | Lists>>, reason: string): Map<string, Column> {
  return new Map(Object.entries(lists).map(([name, list]) => [name, toColumn(list, reason)]))
}

function apply(
  method: AnyCombiner,
  parameters: Readonly<Record<string, unknown>>,
  columns: ReadonlyMap<string, Column>,
  inputs: Inputs,
  groups?: readonly string[],
): Column {
  const size = rolloutsOf(columns.values().next().value!)
  return method.apply!(columns, parseParameters(method, parameters), {
    size,
    groups: groupsFromIds(groups ?? new Int32Array(size)),
    inputs,
  })
}

/** Runs a combiner on plain lists and returns the whole column. */
export function combineColumn(
  method: AnyCombiner,
  parameters: Readonly<Record<string, unknown>>,
  input: ExampleInput,
): Column {
  const columns = columnsOf(input.columns!, 'no value')
  const inputs = Object.fromEntries(columnsOf(input.inputs ?? {}, 'unknown'))
  return apply(method, parameters, columns, inputs, input.groups)
}

/** Runs a combiner on plain lists; invalid entries are null. */
export function combine(
  method: AnyCombiner,
  parameters: Readonly<Record<string, unknown>>,
  columns: Readonly<Record<string, List | Lists>>,
  inputs: Readonly<Record<string, List | Lists>> = {},
): (number | null)[] | (number | null)[][] {
  return toLists(combineColumn(method, parameters, { columns, inputs }))
}

export function expectClose(actual: unknown, expected: unknown, tolerance: number): void {
  if (Array.isArray(expected)) {
    expect(actual).toHaveLength(expected.length)
    expected.forEach((entry, index) => {
      expectClose((actual as unknown[])[index], entry, tolerance)
    })
  } else if (typeof expected === 'number' && typeof actual === 'number') {
    expect(Math.abs(actual - expected), `${actual} for ${expected}`).toBeLessThanOrEqual(
      tolerance * Math.max(1, Math.abs(expected)),
    )
  } else expect(actual).toEqual(expected)
}
