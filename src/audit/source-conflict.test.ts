import { expect, it } from 'vitest'
import { sourceConflict } from './source-conflict.ts'

it('opposed sources have cosine −1, equal ones 1', () => {
  const found = sourceConflict([0, 0], [1, 0, -1, 0, 2, 0], [0, 0, 0, 0, 0, 0], [0, 1, 2], 3)
  expect(found.cosine[1]).toBeCloseTo(-1, 12)
  expect(found.cosine[2]).toBeCloseTo(1, 12)
  expect(found.worst).toEqual([0, 1])
  expect(found.norm[2]).toBeCloseTo(2 * found.norm[0]!, 12)
})

it('a source without pairs has no direction', () => {
  const found = sourceConflict([0], [1], [0], [0], 2)
  expect(Number.isNaN(found.cosine[1]!)).toBe(true)
  expect(found.worst).toBeNull()
})
