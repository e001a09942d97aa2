import fc from 'fast-check'
import { expect, test } from 'vitest'
import { strengthGroups } from './strength-groups.ts'

test('groups are near-equal, ascending, and weigh up to the overall means', () => {
  const pairs = fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: 0, max: 5 })), {
    minLength: 1,
    maxLength: 50,
  })
  fc.assert(
    fc.property(pairs, fc.integer({ min: 1, max: 25 }), (list, groups) => {
      const mean = list.map(([value]) => value)
      const std = list.map(([, value]) => value)
      const table = strengthGroups(mean, std, groups)
      expect(table.size).toHaveLength(Math.min(groups, list.length))
      expect(Math.max(...table.size) - Math.min(...table.size)).toBeLessThanOrEqual(1)
      expect(Array.from(table.size)).toEqual(Array.from(table.size).sort((a, b) => b - a))
      let total = 0
      for (let group = 0; group < table.size.length; group++) {
        total += table.size[group]! * table.mean[group]!
        if (group > 0) expect(table.mean[group]!).toBeGreaterThanOrEqual(table.mean[group - 1]! - 1e-9)
        expect(table.of.filter((own) => own === group)).toHaveLength(table.size[group]!)
      }
      expect(total).toBeCloseTo(
        mean.reduce((sum, value) => sum + value, 0),
        9,
      )
    }),
  )
})

test('no pairs make no groups; a number of groups must be one', () => {
  expect(strengthGroups([], []).size).toHaveLength(0)
  expect(() => strengthGroups([1], [1], 0)).toThrow('groups')
  expect(() => strengthGroups([1], [])).toThrow('1 means, 0 deviations')
})
