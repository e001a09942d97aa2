/** The contract of every combiner, and the way tests run one on plain lists. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { CombinerDefinition } from '../kinds/combiner.ts'
import type { Inputs } from '../kinds/inputs.ts'
import { type Example, type ExampleInput, type Method, parseParameters, TRAINERS } from '../kinds/method.ts'
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

interface Row {
  readonly values: readonly (number | null)[]
  readonly steps: readonly { readonly judge: number | null; readonly tokens: number | null }[]
  readonly answer: number | null
  readonly route: number | null
  readonly group: string
}

const value = fc.option(fc.oneof(fc.constantFrom(0, 0.5, 1), fc.double({ min: -50, max: 50, noNaN: true })))
const batches: fc.Arbitrary<Row[]> = fc.array(
  fc.record({
    values: fc.array(value, { minLength: 6, maxLength: 6 }),
    steps: fc.array(
      fc.record({
        judge: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
        tokens: fc.option(fc.nat({ max: 3 }), { freq: 20 }),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    answer: fc.option(fc.nat({ max: 2 })),
    route: fc.option(fc.constantFrom(0, 1)),
    group: fc.constantFrom('a', 'b', 'c'),
  }),
  { minLength: 1, maxLength: 10 },
)

function run(
  method: AnyCombiner,
  parameters: Readonly<Record<string, unknown>>,
  batch: readonly Row[],
  stepColumns: readonly string[],
) {
  const parsed = parseParameters(method, parameters)
  const lists: Record<string, List | Lists> = {}
  for (const [index, name] of [...new Set<string>(method.reads(parsed))].entries()) {
    lists[name] = stepColumns.includes(name)
      ? batch.map((row) => row.steps.map((step) => step.judge))
      : batch.map((row) => row.values[index % 6]!)
  }
  const inputs: Record<string, Column> = {}
  for (const [alias, { from }] of Object.entries(method.inputs?.(parsed) ?? {})) {
    const list =
      from === 'step-tokens'
        ? batch.map((row) => row.steps.map((step) => step.tokens))
        : batch.map(({ steps, answer, route }) =>
            from !== 'length'
              ? route
              : answer === null
                ? null
                : steps.reduce((total, step) => total + (step.tokens ?? 0), answer),
          )
    inputs[alias] = toColumn(list, `${alias} unknown`)
  }
  const columns = columnsOf(lists, 'signal failed')
  const before = structuredClone(columns)
  const groups = batch.map((row) => row.group)
  const result = apply(method, parameters, columns, inputs, groups)
  expect(columns, 'the arguments stay as they were').toEqual(before)
  return result
}

function checkResult(method: AnyCombiner, result: Column, rollouts: number): void {
  expect(result.grain).toBe(method.grain)
  expect(rolloutsOf(result)).toBe(rollouts)
  for (let entry = 0; entry < result.values.length; entry++) {
    expect(Number.isFinite(result.values[entry])).toBe(true)
    if (result.valid[entry] === 1) continue
    expect(result.values[entry]).toBe(0)
    expect(result.reasons?.[entry]).toEqual(expect.any(String))
  }
}

/** What must hold for every combiner; registers its tests. `stepColumns` names the columns it reads by step. */
export function checkCombiner(method: AnyCombiner, stepColumns: readonly string[] = []): void {
  const examples: readonly Example[] = method.examples

  test('the examples give their results, and their parameters survive JSON', () => {
    expect(examples.length).toBeGreaterThan(0)
    for (const { title, parameters = {}, input, result, tolerance = 0 } of examples) {
      expectClose(toLists(combineColumn(method, parameters, input)), result, tolerance)
      const parsed = parseParameters(method, parameters)
      expect(parseParameters(method, JSON.parse(JSON.stringify(parsed))), title).toEqual(parsed)
      for (const trainer of TRAINERS) {
        for (const warning of method.warnings?.(trainer, parsed) ?? []) expect(warning).toContain(trainer)
      }
    }
  })

  for (const { title, parameters = {} } of examples) {
    test(`only finite numbers leave, and what is invalid says why (${title})`, () => {
      fc.assert(
        fc.property(batches, (batch) => {
          checkResult(method, run(method, parameters, batch, stepColumns), batch.length)
        }),
        { numRuns: 100 },
      )
    })
    if (method.scope !== 'row') continue
    test(`the same result for any split of the batch (${title})`, () => {
      fc.assert(
        fc.property(batches, fc.nat(), (batch, cut) => {
          const at = cut % (batch.length + 1)
          const parts = [batch.slice(0, at), batch.slice(at)].filter((part) => part.length > 0)
          const pieces = parts.flatMap<number | null | (number | null)[]>((part) =>
            toLists(run(method, parameters, part, stepColumns)),
          )
          expect(pieces).toEqual(toLists(run(method, parameters, batch, stepColumns)))
        }),
        { numRuns: 50 },
      )
    })
  }
}
