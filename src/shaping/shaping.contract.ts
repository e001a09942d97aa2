/** The contract of every shaping, and the way tests run one on plain lists. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Inputs } from '../kinds/inputs.ts'
import { type Example, type ExampleInput, type Method, parseParameters, TRAINERS } from '../kinds/method.ts'
import type { ShapingContext, ShapingDefinition } from '../kinds/shaping.ts'
import { groupsFromIds } from '../numerics/grouped.ts'
import { type Column, columnOf, type Grain, raggedColumnOf, rolloutsOf } from '../records/column.ts'

type List = readonly (number | null)[]
type Lists = readonly List[]

// biome-ignore lint/suspicious/noExplicitAny: the contract takes shapings of any parameters
type AnyParameters = any

/** A shaping of any parameters and any state. */
export type AnyShaping = Method<'shaping', AnyParameters> &
  Omit<ShapingDefinition<AnyParameters>, 'stateful'> & {
    readonly stateful?: {
      readonly initial: (parameters: AnyParameters) => unknown
      readonly apply: (
        column: Column,
        parameters: AnyParameters,
        context: ShapingContext,
        state: never,
      ) => { readonly column: Column; readonly state: unknown }
    }
  }

export function toColumn(list: List | Lists, grain: 'step' | 'token' = 'step', reason = 'no value'): Column {
  return Array.isArray(list[0])
    ? raggedColumnOf(grain, list as Lists, reason)
    : columnOf(list as List, reason)
}

/** A column as plain lists; invalid entries are null. */
export function toLists(column: Column): (number | null)[] | (number | null)[][] {
  const flat = Array.from(column.values, (value, entry) => (column.valid[entry] === 1 ? value : null))
  const { offsets } = column
  if (offsets === undefined) return flat
  return Array.from({ length: offsets.length - 1 }, (_, row) => flat.slice(offsets[row]!, offsets[row + 1]!))
}

/** Runs a shaping on columns with parameters as a spec gives them. */
export function applyShaping(
  method: AnyShaping,
  parameters: Readonly<Record<string, unknown>>,
  column: Column,
  { inputs = {}, groups, state }: { inputs?: Inputs; groups?: readonly string[]; state?: unknown } = {},
): { readonly column: Column; readonly state: unknown } {
  const parsed = parseParameters(method, parameters)
  const context = { inputs, groups: groupsFromIds(groups ?? new Int32Array(rolloutsOf(column))) }
  if (method.stateful === undefined)
    return { column: method.apply!(column, parsed, context), state: undefined }
  return method.stateful.apply(column, parsed, context, (state ?? method.stateful.initial(parsed)) as never)
}

/** Runs a shaping on plain lists. */
export function shape(
  method: AnyShaping,
  parameters: Readonly<Record<string, unknown>>,
  input: ExampleInput,
): (number | null)[] | (number | null)[][] {
  const inputs = Object.fromEntries(
    Object.entries(input.inputs ?? {}).map(([alias, list]) => [alias, toColumn(list)]),
  )
  const options = input.groups === undefined ? { inputs } : { inputs, groups: input.groups }
  return toLists(applyShaping(method, parameters, toColumn(input.column!, input.grain), options).column)
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
  readonly references: readonly (number | null)[]
  readonly length: number | null
  readonly finished: number | null
  readonly other: number | null
  readonly group: string
}

const number = fc.double({ min: -50, max: 50, noNaN: true })
const rows: fc.Arbitrary<Row[]> = fc.array(
  fc.record({
    values: fc.array(fc.option(number), { minLength: 1, maxLength: 4 }),
    references: fc.array(fc.option(number), { maxLength: 4 }),
    length: fc.option(fc.nat({ max: 6000 })),
    finished: fc.option(fc.constantFrom(0, 1)),
    other: fc.option(fc.constantFrom(0, 0.5, 1)),
    group: fc.constantFrom('a', 'b', 'c'),
  }),
  { minLength: 1, maxLength: 12 },
)

/** The shaped column of rows that were drawn at random, with the column it was made from. */
function run(
  method: AnyShaping,
  parameters: Readonly<Record<string, unknown>>,
  batch: readonly Row[],
  grain: Grain,
) {
  const sources = method.inputs?.(parseParameters(method, parameters)) ?? {}
  const inputs: Record<string, Column> = {}
  for (const [alias, { from }] of Object.entries(sources)) {
    if (from === 'references') {
      const lists = batch.map((row) => row.references)
      inputs[alias] = raggedColumnOf('step', lists, 'not scored')
    } else {
      const field = from === 'length' || from === 'finished' ? from : 'other'
      inputs[alias] = columnOf(
        batch.map((row) => row[field]),
        `${alias} unknown`,
      )
    }
  }
  const values = batch.map((row) => row.values)
  const column =
    grain === 'rollout'
      ? columnOf(
          values.map((list) => list[0]),
          'signal failed',
        )
      : raggedColumnOf(grain, values, 'signal failed')
  const before = structuredClone(column)
  const { column: shaped, state } = applyShaping(method, parameters, column, {
    inputs,
    groups: batch.map((row) => row.group),
  })
  expect(column, 'the argument stays as it was').toEqual(before)
  return { column, shaped, state }
}

function checkInvariants(column: Column, shaped: Column): void {
  expect(shaped.grain).toBe(column.grain)
  expect(shaped.offsets).toEqual(column.offsets)
  expect(shaped.values).toHaveLength(column.values.length)
  for (let entry = 0; entry < column.values.length; entry++) {
    if (column.valid[entry] === 0) {
      expect(shaped.valid[entry]).toBe(0)
      expect(shaped.reasons?.[entry]).toBe('signal failed')
    }
    if (shaped.valid[entry] === 0) {
      expect(shaped.values[entry]).toBe(0)
      expect(shaped.reasons?.[entry]).toEqual(expect.any(String))
    }
    expect(Number.isFinite(shaped.values[entry])).toBe(true)
  }
}

/** What must hold for every shaping; registers its tests. */
export function checkShaping(method: AnyShaping): void {
  const examples: readonly Example[] = method.examples

  test('the examples give their results, and their parameters survive JSON', () => {
    expect(examples.length).toBeGreaterThan(0)
    for (const { title, parameters = {}, input, result, tolerance = 0 } of examples) {
      expectClose(shape(method, parameters, input), result, tolerance)
      const parsed = parseParameters(method, parameters)
      expect(parseParameters(method, JSON.parse(JSON.stringify(parsed))), title).toEqual(parsed)
      for (const trainer of TRAINERS) {
        for (const warning of method.warnings?.(trainer, parsed) ?? []) expect(warning).toContain(trainer)
      }
    }
  })

  for (const { title, parameters = {} } of examples) {
    const { relative, within } = parseParameters(method, parameters) as Record<string, unknown>
    const rolloutsOnly = relative === true || within === 'group'
    const grains: readonly Grain[] = rolloutsOnly ? ['rollout'] : method.grains
    for (const grain of grains) {
      test(`invalid entries pass through, only finite numbers leave (${title}, ${grain})`, () => {
        fc.assert(
          fc.property(rows, (batch) => {
            const { column, shaped, state } = run(method, parameters, batch, grain)
            checkInvariants(column, shaped)
            if (method.stateful !== undefined) expect(JSON.parse(JSON.stringify(state))).toEqual(state)
          }),
          { numRuns: 50 },
        )
      })
      if (method.scope === 'batch') continue
      test(`the same result for any split of the batch by ${method.scope} (${title}, ${grain})`, () => {
        fc.assert(
          fc.property(rows, fc.nat(), (drawn, cut) => {
            const batch = [...drawn].sort((one, other) => (one.group < other.group ? -1 : 1))
            let at = cut % (batch.length + 1)
            while (
              method.scope === 'group' &&
              batch[at] !== undefined &&
              batch[at]?.group === batch[at - 1]?.group
            )
              at++
            const parts = [batch.slice(0, at), batch.slice(at)].filter((part) => part.length > 0)
            const pieces = parts.flatMap<number | null | (number | null)[]>((part) =>
              toLists(run(method, parameters, part, grain).shaped),
            )
            expect(pieces).toEqual(toLists(run(method, parameters, batch, grain).shaped))
          }),
          { numRuns: 50 },
        )
      })
    }
  }
}
