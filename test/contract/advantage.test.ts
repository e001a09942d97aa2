/** The contract of advantages, checked for every registered one. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AdvantageInput, AdvantageResult } from '../../src/kinds/advantage.ts'
import { scopeOf } from '../../src/kinds/inputs.ts'
import { parseParameters } from '../../src/kinds/method.ts'
import { type Groups, groupsFromIds } from '../../src/numerics/grouped.ts'
import { type Column, createColumn, rolloutsOf } from '../../src/records/column.ts'
import { type AnyAdvantage, registry } from '../../src/reward/registry.ts'
import {
  columnFrom,
  columnsFrom,
  expectColumn,
  expectSame,
  inputsFrom,
  parameterSets,
  pick,
  randomColumn,
  randomInputs,
} from './material.ts'

const advantages = registry.methods.filter((method) => method.kind === 'advantage')

/** What a wrapper is given to wrap here: the reward minus its group's mean. */
function centred({ rewards, groups }: AdvantageInput): AdvantageResult {
  const sums = new Float64Array(groups.count)
  const counts = new Int32Array(groups.count)
  const result = createColumn(rewards.values.length)
  result.valid.set(rewards.valid)
  if (rewards.reasons !== undefined) result.reasons = rewards.reasons.slice()
  for (let row = 0; row < rewards.values.length; row++) {
    if (rewards.valid[row] === 0) continue
    sums[groups.of[row]!]! += rewards.values[row]!
    counts[groups.of[row]!]!++
  }
  for (let row = 0; row < rewards.values.length; row++) {
    const group = groups.of[row]!
    if (rewards.valid[row] === 1) result.values[row] = rewards.values[row]! - sums[group]! / counts[group]!
  }
  return { advantages: result }
}

function advantagesOf(
  method: AnyAdvantage,
  parameters: Readonly<Record<string, unknown>>,
  input: { rewards: Column; groups: Groups; columns: Map<string, Column>; inputs: Record<string, Column> },
): AdvantageResult {
  return method.apply(method.over === 'one' ? { ...input, inner: centred } : input, parameters)
}

describe.each(advantages.map((method) => [method.name, method] as const))('advantage %s', (_, method) => {
  it('has an example, and every example gives its result', () => {
    expect(method.examples.length).toBeGreaterThan(0)
    for (const { input, parameters, result, tolerance } of method.examples) {
      const rewards = columnFrom(input.column!, input.grain ?? 'token')
      const groups = groupsFromIds(input.groups ?? Array.from({ length: rolloutsOf(rewards) }, () => 'g'))
      const columns = columnsFrom(input.columns)
      const given = { rewards, groups, columns, inputs: inputsFrom(input.inputs) }
      expectColumn(
        advantagesOf(method, parseParameters(method, parameters ?? {}), given).advantages,
        result,
        tolerance,
      )
    }
  })

  const material = fc.constantFrom(...parameterSets(method)).chain((parameters) =>
    fc.integer({ min: 1, max: 12 }).chain((rows) =>
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: rows, maxLength: rows }).chain((counts) =>
        fc.record({
          parameters: fc.constant(parameters),
          ids: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: rows, maxLength: rows }),
          rewards: randomColumn('rollout', rows),
          columns: fc.tuple(...(method.reads?.(parameters) ?? []).map(() => randomColumn('rollout', rows))),
          inputs: randomInputs(method.inputs?.(parameters), rows, counts) as fc.Arbitrary<
            Record<string, Column>
          >,
        }),
      ),
    ),
  )

  it('is sound; an invalid reward gets 0, stays invalid and touches nobody else', () => {
    fc.assert(
      fc.property(material, ({ parameters, ids, rewards, columns, inputs }) => {
        const named = new Map(
          (method.reads?.(parameters) ?? []).map((name, index) => [name, columns[index]!]),
        )
        const given = { rewards, groups: groupsFromIds(ids), columns: named, inputs }
        const before = structuredClone({ rewards, columns })
        const result = advantagesOf(method, parameters, given)
        expect({ rewards, columns }).toEqual(before)
        const { advantages: column } = result
        expect(column.grain).toBe(method.grain)
        expect(rolloutsOf(column)).toBe(ids.length)
        for (const value of column.values) expect(Number.isFinite(value)).toBe(true)
        for (let row = 0; row < ids.length; row++) {
          if (rewards.valid[row] === 1) continue
          for (
            let entry = column.offsets?.[row] ?? row;
            entry < (column.offsets?.[row + 1] ?? row + 1);
            entry++
          ) {
            expect(column.valid[entry]).toBe(0)
            expect(column.values[entry]).toBe(0)
          }
        }
        const junk = {
          ...rewards,
          values: rewards.values.map((value, row) => (rewards.valid[row] === 1 ? value : 1e9)),
        }
        expectSame(advantagesOf(method, parameters, { ...given, rewards: junk }).advantages, column)
        expect(() => JSON.stringify(result.evidence ?? {})).not.toThrow()
      }),
      { numRuns: 60 },
    )
  })

  it('gives the same for any order of rows, and for groups on their own where its scope is the group', () => {
    fc.assert(
      fc.property(material, ({ parameters, ids, rewards, columns, inputs }) => {
        const names = method.reads?.(parameters) ?? []
        const on = (rows: number[]): Column =>
          advantagesOf(method, parameters, {
            rewards: pick(rewards, rows),
            groups: groupsFromIds(rows.map((row) => ids[row]!)),
            columns: new Map(names.map((name, index) => [name, pick(columns[index]!, rows)])),
            inputs: Object.fromEntries(
              Object.entries(inputs).map(([alias, input]) => [alias, pick(input, rows)]),
            ),
          }).advantages
        const rows = ids.map((__, row) => row)
        const whole = on(rows)
        // Ties may go to the first row (pass@k), so order is only free to change among groups.
        const regrouped = rows.toSorted((a, b) => ids[b]! - ids[a]! || a - b)
        expectSame(on(regrouped), pick(whole, regrouped))
        if (scopeOf(method, parameters) === 'group') {
          const group = rows.filter((row) => ids[row] === ids[0])
          expectSame(on(group), pick(whole, group))
        }
      }),
      { numRuns: 40 },
    )
  })

  it('keeps its state through JSON, leaves the given one alone, and starts as without one', () => {
    fc.assert(
      fc.property(material, ({ parameters, ids, rewards, columns, inputs }) => {
        const initial = method.stateful?.initial(parameters)
        if (method.stateful === undefined || initial === undefined) return
        const names = method.reads?.(parameters) ?? []
        const named = new Map(names.map((name, index) => [name, columns[index]!]))
        const plain = { rewards, groups: groupsFromIds(ids), columns: named, inputs }
        const given = method.over === 'one' ? { ...plain, inner: centred } : plain
        const first = method.stateful.apply(given, parameters, initial)
        expectSame(first.advantages, advantagesOf(method, parameters, plain).advantages)
        const stored = JSON.parse(JSON.stringify(first.state))
        const next = method.stateful.apply(given, parameters, first.state)
        expect(JSON.parse(JSON.stringify(first.state))).toEqual(stored)
        const resumed = method.stateful.apply(given, parameters, stored)
        expectSame(resumed.advantages, next.advantages)
        expect(resumed.state).toEqual(next.state)
      }),
      { numRuns: 40 },
    )
  })

  it('keeps parameters through JSON', () => {
    for (const parameters of parameterSets(method)) {
      expect(parseParameters(method, JSON.parse(JSON.stringify(parameters)))).toEqual(parameters)
    }
  })
})
