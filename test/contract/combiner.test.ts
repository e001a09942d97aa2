/** The contract of combiners, checked for every registered one. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { scopeOf } from '../../src/kinds/inputs.ts'
import { parseParameters } from '../../src/kinds/method.ts'
import { groupsFromIds } from '../../src/numerics/grouped.ts'
import { type Column, rolloutsOf } from '../../src/records/column.ts'
import { type AnyCombiner, registry } from '../../src/reward/registry.ts'
import {
  columnFrom,
  columnsFrom,
  expectColumn,
  expectSame,
  expectSound,
  inputsFrom,
  pick,
  randomColumn,
  randomInputs,
} from './material.ts'

const combiners = registry.methods.filter((method) => method.kind === 'combiner')

function combine(
  method: AnyCombiner,
  columns: Map<string, Column>,
  parameters: Record<string, unknown>,
  ids: ArrayLike<number>,
  inputs: Record<string, Column>,
): Column {
  const context = { size: ids.length, groups: groupsFromIds(ids), inputs }
  if (method.stateful === undefined) return method.apply!(columns, parameters, context)
  return method.stateful.apply(columns, parameters, context, method.stateful.initial(parameters)).column
}

describe.each(combiners.map((method) => [method.name, method] as const))('combiner %s', (_, method) => {
  it('has an example, and every example gives its result', () => {
    expect(method.examples.length).toBeGreaterThan(0)
    for (const { input, parameters, result, tolerance } of method.examples) {
      const columns = columnsFrom(input.columns)
      const size = rolloutsOf([...columns.values()][0]!)
      const groups = input.groups === undefined ? new Int32Array(size) : groupsFromIds(input.groups).of
      const combined = combine(
        method,
        columns,
        parseParameters(method, parameters ?? {}),
        groups,
        inputsFrom(input.inputs),
      )
      expectColumn(combined, result, tolerance)
    }
  })

  it.each(method.examples.map((example) => [example.title, example] as const))(
    'is sound and equal for any order and split: %s',
    (__, example) => {
      const parameters = parseParameters(method, example.parameters ?? {}) as Record<string, unknown>
      const names = method.reads(parameters)
      const grains = names.map((name) => {
        const values = example.input.columns?.[name]
        return values === undefined ? 'rollout' : columnFrom(values).grain
      })
      const material = fc.integer({ min: 1, max: 10 }).chain((rows) =>
        fc.array(fc.integer({ min: 0, max: 5 }), { minLength: rows, maxLength: rows }).chain((counts) =>
          fc.record({
            ids: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: rows, maxLength: rows }),
            columns: fc.tuple(...grains.map((grain) => randomColumn(grain, rows, counts))),
            inputs: randomInputs(method.inputs?.(parameters), rows, counts),
          }),
        ),
      )
      fc.assert(
        fc.property(material, ({ ids, columns, inputs }) => {
          const named = new Map(names.map((name, index) => [name, columns[index]!]))
          const before = structuredClone(named)
          const whole = combine(method, named, parameters, ids, inputs)
          expect(named).toEqual(before)
          expectSound(whole)
          expect(rolloutsOf(whole)).toBe(ids.length)
          expect(whole.grain).toBe(method.grain)
          if (method.grain === 'rollout' && grains.every((grain) => grain === 'rollout')) {
            for (let row = 0; row < ids.length; row++) {
              if (columns.length > 0 && columns.every((column) => column.valid[row] === 0))
                expect(whole.valid[row]).toBe(0)
            }
          }
          const on = (rows: number[]): void => {
            const part = combine(
              method,
              new Map([...named].map(([name, column]) => [name, pick(column, rows)])),
              parameters,
              rows.map((row) => ids[row]!),
              Object.fromEntries(Object.entries(inputs).map(([alias, input]) => [alias, pick(input, rows)])),
            )
            expectSame(part, pick(whole, rows))
          }
          const rows = ids.map((___, row) => row)
          on(rows.toReversed())
          if (scopeOf(method, parameters) === 'row') on(rows.filter((row) => row % 2 === 0))
          if (scopeOf(method, parameters) === 'group') on(rows.filter((row) => ids[row] === ids[0]))
        }),
        { numRuns: 40 },
      )
      expect(parseParameters(method, JSON.parse(JSON.stringify(parameters)))).toEqual(parameters)
    },
  )
})
