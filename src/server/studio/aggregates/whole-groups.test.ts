import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { NumberFrame } from '../../../store/store.ts'
import { stepGroupsOf } from './step-groups.ts'
import { wholeGroupsOf } from './whole-groups.ts'

function frameOf(size: number, groupSize: number): NumberFrame {
  return {
    matching: size,
    sequence: Float64Array.from({ length: size }, (_, row) => row),
    step: new Float64Array(size).fill(Number.NaN),
    group: Int32Array.from({ length: size }, (_, row) => Math.floor(row / groupSize)),
    groupNames: [],
    columns: new Map([['reward', Float64Array.from({ length: size }, (_, row) => 10 * row)]]),
  }
}

test('groups stay whole and lie evenly over the run', () => {
  const size = 80_000
  const found = wholeGroupsOf(frameOf(size, 8), 10_000)
  const { count, of } = stepGroupsOf(found)
  const sizes = new Int32Array(count)
  for (const group of of) sizes[group]!++
  expect(new Set(sizes)).toEqual(new Set([8]))
  expect(Math.abs(found.sequence.length - 10_000)).toBeLessThan(100)
  for (let tenth = 0; tenth < 10; tenth++) {
    const inside = found.sequence.filter((place) => Math.floor((10 * place) / size) === tenth).length
    expect(Math.abs(inside - 1000)).toBeLessThan(50)
  }
  expect(found.matching).toBe(size)
})

test('rows keep their numbers and order, whatever the groups are like', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 500 }),
      fc.integer({ min: 1, max: 600 }),
      fc.integer({ min: 1, max: 100 }),
      (size, groupSize, most) => {
        const found = wholeGroupsOf(frameOf(size, groupSize), most)
        expect(found.sequence.length).toBeLessThanOrEqual(Math.min(size, 1.5 * most))
        if (size > 0)
          expect(found.sequence.length).toBeGreaterThanOrEqual(Math.min(size, Math.floor(most / 2)))
        const reward = found.columns.get('reward')!
        for (let row = 0; row < reward.length; row++) {
          expect(reward[row]).toBe(10 * found.sequence[row]!)
          if (row > 0) expect(found.sequence[row]!).toBeGreaterThan(found.sequence[row - 1]!)
        }
      },
    ),
  )
})
