import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { NumberFrame } from '../../../store/store.ts'
import { chooseGroups, type GroupFilter, type GroupSort, passes } from './group-page.ts'
import { groupTableOf } from './group-table.ts'

interface Member {
  group: number
  step: number
  reward: number
  correct: number
  length: number
}

function frameOf(members: readonly Member[]): NumberFrame {
  const list = (pick: (member: Member) => number) => Float64Array.from(members, pick)
  return {
    matching: members.length,
    sequence: Float64Array.from(members, (_, index) => index),
    step: list(({ step }) => step),
    group: Int32Array.from(members, ({ group }) => group),
    groupNames: ['a', 'b', 'c', 'd'],
    columns: new Map([
      ['reward', list(({ reward }) => reward)],
      ['short', list(({ length }) => -length)],
      ['correct', list(({ correct }) => correct)],
    ]),
  }
}

const members = fc.array(
  fc.record({
    group: fc.integer({ min: 0, max: 3 }),
    step: fc.constantFrom(0, 1, 2, Number.NaN),
    reward: fc.constantFrom(0, 0.5, 1, Number.NaN),
    correct: fc.constantFrom(0, 1, Number.NaN),
    length: fc.integer({ min: 0, max: 5 }),
  }),
  { maxLength: 60 },
)
const filters: GroupFilter[] = ['all', 'spread', 'all-equal', 'all-right', 'all-wrong', 'disagreement']
const sorts: GroupSort[] = ['newest', 'widest', 'best', 'worst']

test('the numbers of a group', () => {
  const table = groupTableOf(
    frameOf([
      { group: 0, step: 1, reward: 1, correct: 1, length: 9 },
      { group: 1, step: 1, reward: Number.NaN, correct: 0, length: 1 },
      { group: 0, step: 1, reward: 0, correct: 0, length: 3 },
      { group: 0, step: 2, reward: 1, correct: 1, length: 3 },
    ]),
    ['correct', 'short'],
  )
  expect([...table.size]).toEqual([2, 1, 1])
  expect([...table.valid]).toEqual([2, 0, 1])
  expect([table.mean[0], table.least[0], table.largest[0]]).toEqual([0.5, 0, 1])
  expect(table.mean[1]).toBeNaN()
  expect(table.rightColumn).toBe('correct')
  expect([...table.right]).toEqual([0, -1, 1])
  expect(table.rankCorrelation[0]).toBeCloseTo(-1, 14)
  expect([table.signals[table.pairA[0]!], table.signals[table.pairB[0]!]]).toEqual(['correct', 'short'])
  expect(table.pairA[2]).toBe(-1)
})

test('pages of any size give each group of the filter exactly once, in order', () => {
  fc.assert(
    fc.property(
      members,
      fc.constantFrom(...filters),
      fc.constantFrom(...sorts),
      fc.integer({ min: 1, max: 7 }),
      (list, filter, sort, limit) => {
        const table = groupTableOf(frameOf(list), ['correct'])
        const seen: number[] = []
        let after: string | undefined
        let matching = 0
        do {
          const page = chooseGroups(table, { filter, sort, limit, after })
          seen.push(...page.groups)
          matching = page.matching
          after = page.next ?? undefined
        } while (after !== undefined)
        const expected = Array.from(table.size, (_, group) => group).filter((group) =>
          passes(table, group, filter),
        )
        expect([...seen].sort((a, b) => a - b)).toEqual(expected)
        expect(matching).toBe(expected.length)
        const means = seen.map((group) => table.mean[group]!).filter((mean) => !Number.isNaN(mean))
        if (sort === 'best') expect(means).toEqual([...means].sort((a, b) => b - a))
        if (sort === 'worst') expect(means).toEqual([...means].sort((a, b) => a - b))
      },
    ),
  )
})

test('a place that no page gave is refused in one sentence', () => {
  const table = groupTableOf(frameOf([]), [])
  for (const after of ['', 'x_1', '1', '1_x', '1__2'])
    expect(() => chooseGroups(table, { filter: 'all', sort: 'best', limit: 1, after })).toThrow(
      /"after": is no place/,
    )
})
