import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseParameters } from '../kinds/method.ts'
import { columnOf, raggedColumnOf } from '../records/column.ts'
import { batches, identity, inputOf } from './advantage.contract.ts'
import { dynamicSampling, groupsThatDiffer } from './dynamic-sampling.ts'

describe('groupsThatDiffer', () => {
  it('keeps a group iff two of its valid rows differ or it has one valid row', () => {
    fc.assert(
      fc.property(batches, ({ rewards, valid, groups }) => {
        const { groups: kept, rows } = groupsThatDiffer(rewards, valid, groups)
        for (let group = 0; group < groups.count; group++) {
          const members = [...rewards].filter((_, row) => valid[row] === 1 && groups.of[row] === group)
          // Values whose difference has a square of 0 are no different.
          fc.pre(members.every((value) => value === 0 || Math.abs(value) > 1e-100))
          expect(kept[group]).toBe(members.length === 1 || new Set(members).size > 1 ? 1 : 0)
        }
        for (let row = 0; row < rows.length; row++)
          expect(rows[row]).toBe(valid[row]! & kept[groups.of[row]!]!)
      }),
    )
  })

  it('drops a group of equal rewards that rounding would tell apart from their mean', () => {
    const { groups } = groupsThatDiffer(Float64Array.of(0.1, 0.1, 0.1), Uint8Array.of(1, 1, 1), {
      count: 1,
      of: new Int32Array(3),
    })
    expect([...groups]).toEqual([0])
  })
})

describe('dynamic-sampling', () => {
  const run = (parameters: Record<string, unknown>, more = {}) =>
    dynamicSampling.apply(
      inputOf([0, 1, 1, 1], 'aabb', {
        inner: identity,
        columns: new Map([['score', columnOf([1, 1, 1, 0])]]),
        ...more,
      }),
      parseParameters(dynamicSampling, parameters),
    )

  it('looks at the reward or at the score before truncation', () => {
    expect([...run({}).kept!]).toEqual([1, 1, 0, 0])
    expect([...run({ on: 'score' }).kept!]).toEqual([0, 0, 1, 1])
    expect(run({}).evidence).toMatchObject({ groups: 2, keptGroups: 1 })
  })

  it('keeps only what the wrapped method keeps as well', () => {
    const inner = (input: Parameters<typeof identity>[0]) => ({
      ...identity(input),
      kept: Uint8Array.of(1, 0, 1, 1),
    })
    expect([...run({}, { inner }).kept!]).toEqual([1, 0, 0, 0])
  })

  it('compares token rewards by their sum', () => {
    const result = dynamicSampling.apply(
      inputOf(raggedColumnOf('token', [[0, 1], [1], [0], [2]]), 'aabb', { inner: identity }),
      parseParameters(dynamicSampling, {}),
    )
    expect([...result.kept!]).toEqual([0, 0, 1, 1])
  })
})
