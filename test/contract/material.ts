/** Material of the contract tests: columns from examples, random columns, a corpus of awkward rollouts, comparisons. */
import fc from 'fast-check'
import { expect } from 'vitest'
import type { InputSource, Inputs } from '../../src/kinds/inputs.ts'
import type { Example, ParameterSchema } from '../../src/kinds/method.ts'
import { parseParameters } from '../../src/kinds/method.ts'
import {
  type Column,
  columnOf,
  createRaggedColumn,
  invalidate,
  offsetsOf,
  raggedColumnOf,
} from '../../src/records/column.ts'
import type { Rollout } from '../../src/records/rollout.ts'

type Values = readonly (number | null)[] | readonly (readonly (number | null)[])[]

export function columnFrom(values: Values, grain: 'step' | 'token' = 'step'): Column {
  const ragged = values.some((value) => Array.isArray(value))
  return ragged ? raggedColumnOf(grain, values as (number | null)[][]) : columnOf(values as (number | null)[])
}

export function columnsFrom(columns: Readonly<Record<string, Values>> | undefined): Map<string, Column> {
  return new Map(Object.entries(columns ?? {}).map(([name, values]) => [name, columnFrom(values)]))
}

export function inputsFrom(inputs: Readonly<Record<string, Values>> | undefined): Record<string, Column> {
  return Object.fromEntries(columnsFrom(inputs))
}

/** Compares a column with an example's result; null stands for an invalid entry. */
export function expectColumn(column: Column, result: Example['result'], tolerance = 1e-9): void {
  const flat = (result as readonly (number | null | readonly (number | null)[])[]).flat() as (number | null)[]
  expect(column.values.length).toBe(flat.length)
  for (const [entry, expected] of flat.entries()) {
    if (expected === null) expect(column.valid[entry], `entry ${entry} should be invalid`).toBe(0)
    else {
      expect(column.valid[entry], `entry ${entry}: ${column.reasons?.[entry]}`).toBe(1)
      const gap = Math.abs(column.values[entry]! - expected)
      expect(gap, `entry ${entry} is ${column.values[entry]}, expected ${expected}`).toBeLessThanOrEqual(
        tolerance * Math.max(1, Math.abs(expected)),
      )
    }
  }
}

/** Every promise that any column keeps: finite numbers, and a reason and 0 where there is none. */
export function expectSound(column: Column): void {
  for (let entry = 0; entry < column.values.length; entry++) {
    expect(Number.isFinite(column.values[entry]!)).toBe(true)
    if (column.valid[entry] === 0) {
      expect(column.values[entry]).toBe(0)
      expect(column.reasons?.[entry], `invalid entry ${entry} has no reason`).toBeTypeOf('string')
    }
  }
}

export function expectSame(actual: Column, expected: Column): void {
  expect([...actual.valid]).toEqual([...expected.valid])
  for (let entry = 0; entry < expected.values.length; entry++) {
    const gap = Math.abs(actual.values[entry]! - expected.values[entry]!)
    expect(gap).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected.values[entry]!)))
  }
}

/** The entries of some rollouts as a column of their own. */
export function pick(column: Column, rows: readonly number[]): Column {
  const { offsets } = column
  const picked =
    offsets === undefined
      ? columnOf(new Float64Array(rows.length))
      : createRaggedColumn(
          column.grain as 'step' | 'token',
          offsetsOf(rows.map((row) => offsets[row + 1]! - offsets[row]!)),
        )
  let target = 0
  for (const row of rows) {
    for (let entry = offsets?.[row] ?? row; entry < (offsets?.[row + 1] ?? row + 1); entry++, target++) {
      if (column.valid[entry] === 1) picked.values[target] = column.values[entry]!
      else invalidate(picked, target, column.reasons?.[entry] ?? 'invalid')
    }
  }
  return picked
}

/** Parameters to try a method with: its defaults where they are enough, and those of every example. */
export function parameterSets(method: {
  name: string
  parameters: ParameterSchema
  examples: readonly Example[]
}): Readonly<Record<string, unknown>>[] {
  const sets = method.examples.map((example) => parseParameters(method, example.parameters ?? {}))
  const defaults = method.parameters.safeParse({})
  const all = defaults.success ? [defaults.data, ...sets] : sets
  return [...new Map(all.map((set) => [JSON.stringify(set), set])).values()]
}

const value = fc.oneof(fc.double({ min: -5, max: 5, noNaN: true }), fc.constantFrom(0, 1, 1, 0.5))

/** A random column of the given grain over `rows` rollouts, about a tenth of it invalid. */
export function randomColumn(
  grain: Column['grain'],
  rows: number,
  counts?: readonly number[],
): fc.Arbitrary<Column> {
  const entry = fc.option(value, { freq: 9, nil: null })
  if (grain === 'rollout')
    return fc.array(entry, { minLength: rows, maxLength: rows }).map((values) => columnOf(values, 'no value'))
  const lists = counts
    ? fc.tuple(...counts.map((count) => fc.array(entry, { minLength: count, maxLength: count })))
    : fc.array(fc.array(entry, { maxLength: 5 }), { minLength: rows, maxLength: rows })
  return lists.map((list) => raggedColumnOf(grain, list, 'no value'))
}

/** Random declared inputs; step and token inputs share their lengths with the given counts. */
export function randomInputs(
  declared: Readonly<Record<string, InputSource>> | undefined,
  rows: number,
  counts: readonly number[],
): fc.Arbitrary<Inputs> {
  const arbitraries: Record<string, fc.Arbitrary<Column>> = {}
  for (const [alias, source] of Object.entries(declared ?? {})) {
    const lists = (least: number, most: number) =>
      fc
        .array(fc.array(value, { minLength: least, maxLength: most }), { minLength: rows, maxLength: rows })
        .map((list) => raggedColumnOf('step', list))
    switch (source.from) {
      case 'references':
        arbitraries[alias] = lists(0, 3)
        break
      case 'length':
        arbitraries[alias] = fc.constant(columnOf(counts))
        break
      case 'finished':
        arbitraries[alias] = fc
          .array(fc.constantFrom(0, 1, null), { minLength: rows, maxLength: rows })
          .map((values) => columnOf(values, 'no finish_reason'))
        break
      case 'step-tokens':
        arbitraries[alias] = fc.constant(
          raggedColumnOf(
            'step',
            counts.map((count) => Array.from({ length: count }, () => 1)),
          ),
        )
        break
      case 'logprobs':
      case 'reference-logprobs':
        arbitraries[alias] = randomColumn('token', rows, counts)
        break
      default:
        arbitraries[alias] = randomColumn('rollout', rows)
    }
  }
  return fc.record(arbitraries) as fc.Arbitrary<Inputs>
}

const messages = (text: string) => [{ role: 'assistant', content: text }]

/** Rollouts that a trainer really sends, and some that it should not. */
export const corpus: readonly Rollout[] = [
  { completion: '<think>17 + 25 = 42</think><answer>42</answer>', reference: '42' },
  { completion: 'So the answer is $\\boxed{\\frac{1}{2}}$.', reference: '0.5' },
  { completion: messages('The answer is (B).'), reference: 'B' },
  { completion: '', reference: '42' },
  { completion: '42', reference: ['41', '42'] },
  { completion: 'no reference here' },
  {
    completion: '#### 1,234',
    reference: '1234',
    tokens: [5, 6, 7],
    logprobs: [-0.1, -2, -0.5],
    referenceLogprobs: [-0.2, -1, -0.6],
  },
  { completion: '```json\n{"a": 1}\n```', reference: '{"a": 1}', columns: { completion_tokens: 12 } },
  { completion: 'the the the the the the the', reference: 'the cat', finishReason: 'length' },
  { completion: '日本語の答えは四十二です。', reference: '四十二', finishReason: 'stop' },
  { completion: '\u202Eevil\u0000\uD800 lone surrogate', reference: 'x' },
  {
    completion: 'Step 1: add.\nStep 2: done.\n\\boxed{7',
    reference: '7',
    steps: [
      { text: 'add', tokens: 2 },
      { text: 'done', tokens: 1 },
    ],
  },
  { completion: `${'a b '.repeat(500)}`, reference: 'a b' },
  {
    completion: '<answer>Paris</answer> <analysis>sure</analysis> <confidence>0.9</confidence>',
    reference: 'Paris',
  },
].map((row, index) => ({ id: `r${index}`, group: `g${index % 4}`, prompt: 'What is it?', ...row }) as Rollout)

/** Freezes a value and everything in it, so that a method that changes its input fails loudly. */
export function deepFreeze<T>(value: T): T {
  if (value !== null && typeof value === 'object' && !ArrayBuffer.isView(value)) {
    for (const entry of Object.values(value)) deepFreeze(entry)
    Object.freeze(value)
  }
  return value
}
