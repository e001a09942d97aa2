/** The contract of shapings, checked for every registered one. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Inputs } from '../../src/kinds/inputs.ts'
import { scopeOf } from '../../src/kinds/inputs.ts'
import { parseParameters } from '../../src/kinds/method.ts'
import { grainsOf } from '../../src/kinds/shaping.ts'
import { type Groups, groupsFromIds } from '../../src/numerics/grouped.ts'
import { type Column, columnOf, raggedColumnOf, rolloutsOf } from '../../src/records/column.ts'
import { type AnyShaping, registry } from '../../src/reward/registry.ts'
import {
  columnFrom,
  expectColumn,
  expectSame,
  expectSound,
  inputsFrom,
  parameterSets,
  pick,
  randomColumn,
  randomInputs,
} from './material.ts'

type Parameters = Readonly<Record<string, unknown>>

function shape(
  method: AnyShaping,
  column: Column,
  parameters: Parameters,
  groups: Groups,
  inputs: Inputs,
): Column {
  if (method.stateful === undefined) return method.apply!(column, parameters, { groups, inputs })
  return method.stateful.apply(column, parameters, { groups, inputs }, method.stateful.initial(parameters))
    .column
}

const shapings = registry.methods.filter((method) => method.kind === 'shaping')

interface Material {
  readonly parameters: Parameters
  readonly column: Column
  readonly ids: number[]
  readonly inputs: Inputs
}

function material(method: AnyShaping): fc.Arbitrary<Material> {
  return fc.constantFrom(...parameterSets(method)).chain((parameters) =>
    fc.integer({ min: 1, max: 12 }).chain((rows) =>
      fc
        .record({
          ids: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: rows, maxLength: rows }),
          counts: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: rows, maxLength: rows }),
        })
        .chain(({ ids, counts }) =>
          fc.record({
            parameters: fc.constant(parameters),
            ids: fc.constant(ids),
            column: fc
              .constantFrom(...grainsOf(method, parameters))
              .chain((grain) => randomColumn(grain, rows, counts)),
            inputs: randomInputs(method.inputs?.(parameters), rows, counts),
          }),
        ),
    ),
  )
}

describe.each(shapings.map((method) => [method.name, method] as const))('shaping %s', (_, method) => {
  it('has an example, and every example gives its result', () => {
    expect(method.examples.length).toBeGreaterThan(0)
    for (const { input, parameters, result, tolerance } of method.examples) {
      const column = columnFrom(input.column!, input.grain)
      const groups = groupsFromIds(input.groups ?? Array.from({ length: rolloutsOf(column) }, () => 'g'))
      const shaped = shape(
        method,
        column,
        parseParameters(method, parameters ?? {}),
        groups,
        inputsFrom(input.inputs),
      )
      expectColumn(shaped, result, tolerance)
    }
  })

  it('is sound, leaves its argument alone and passes invalid entries through with their reasons', () => {
    fc.assert(
      fc.property(material(method), ({ parameters, column, ids, inputs }) => {
        const before = structuredClone(column)
        const shaped = shape(method, column, parameters, groupsFromIds(ids), inputs)
        expect(column).toEqual(before)
        expect(shaped.values.length).toBe(column.values.length)
        for (let entry = 0; entry < shaped.values.length; entry++) {
          expect(Number.isFinite(shaped.values[entry]!)).toBe(true)
          if (column.valid[entry] === 1) continue
          expect(shaped.valid[entry]).toBe(0)
          expect(shaped.reasons?.[entry]).toBe(column.reasons?.[entry])
        }
        expectSound(shaped)
      }),
      { numRuns: 60 },
    )
  })

  it('gives the same for any order of rows, and for any split that keeps its scope whole', () => {
    fc.assert(
      fc.property(material(method), fc.integer(), ({ parameters, column, ids, inputs }, seed) => {
        const whole = shape(method, column, parameters, groupsFromIds(ids), inputs)
        const on = (rows: number[]): void => {
          const part = shape(
            method,
            pick(column, rows),
            parameters,
            groupsFromIds(rows.map((row) => ids[row]!)),
            Object.fromEntries(Object.entries(inputs).map(([alias, input]) => [alias, pick(input, rows)])),
          )
          expectSame(part, pick(whole, rows))
        }
        const rows = ids.map((_, row) => row)
        on(rows.toSorted((a, b) => ((a * 7919 + seed) % 13) - ((b * 7919 + seed) % 13)))
        if (scopeOf(method, parameters) === 'row') on(rows.filter((row) => row % 2 === 0))
        if (scopeOf(method, parameters) === 'group') on(rows.filter((row) => ids[row] === ids[0]))
      }),
      { numRuns: 40 },
    )
  })

  it('keeps parameters and state through JSON', () => {
    for (const parameters of parameterSets(method)) {
      expect(parseParameters(method, JSON.parse(JSON.stringify(parameters)))).toEqual(parameters)
      if (method.stateful === undefined) continue
      expect(['batch', 'group']).toContain(scopeOf(method, parameters))
      const context = (rows: number) => ({ groups: groupsFromIds(new Int32Array(rows)), inputs: {} })
      const first = method.stateful.apply(
        columnOf([1, 2, 4]),
        parameters,
        context(3),
        method.stateful.initial(parameters),
      )
      const stored = JSON.parse(JSON.stringify(first.state))
      const next = method.stateful.apply(columnOf([3, 9]), parameters, context(2), first.state)
      expectSame(method.stateful.apply(columnOf([3, 9]), parameters, context(2), stored).column, next.column)
    }
  })

  it('allocates nothing per row', () => {
    if (method.inputs?.(parameterSets(method)[0]!) !== undefined) return
    const rows = 50_000
    const values = Array.from({ length: rows }, (_, row) => (row % 17) / 3)
    const column = grainsOf(method, parameterSets(method)[0]!).includes('rollout')
      ? columnOf(values)
      : raggedColumnOf('step', [values])
    const groups = groupsFromIds(Int32Array.from({ length: rolloutsOf(column) }, (_, row) => row >> 6))
    const parameters = parameterSets(method)[0]!
    // Until its best compiler has seen a loop, V8 boxes the doubles that it reads, so calls are repeated until three in
    // a row grow the heap by less than an object a row would (50,000 × 16 bytes; typed arrays do not count as heap).
    // Whatever allocates by row never gets there: it is over the limit in all calls but those in which V8 collects.
    const limit = rows * 14
    let calm = 0
    let growth = 0
    for (let round = 0; round < 600 && calm < 3; round++) {
      const before = process.memoryUsage().heapUsed
      shape(method, column, parameters, groups, {})
      growth = process.memoryUsage().heapUsed - before
      calm = growth >= 0 && growth < limit ? calm + 1 : 0
    }
    expect(calm, `the last call grew the heap by ${growth} bytes`).toBe(3)
  })
})
