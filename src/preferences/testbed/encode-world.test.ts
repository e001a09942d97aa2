import { expect, test } from 'vitest'
import { RandomStream } from '../../numerics/random.ts'
import { encodeWorld } from './encode-world.ts'
import { drawPopulationWorld, drawWorld } from './worlds.ts'

test('features, lengths and votes are carried over, and nothing of the truth', () => {
  const { train } = drawWorld(new RandomStream(1), 'crowd', { pairs: 50 })
  const encoded = encodeWorld(train)
  expect(encoded).toMatchObject({ count: 50, width: train.dimensions })
  expect('values' in encoded.chosen && encoded.chosen.values[3]).toBe(Math.fround(train.chosen[3]!))
  for (const [pair, strength] of encoded.strength.entries())
    expect(strength).toBeCloseTo(train.votesForChosen[pair] === 3 ? 1 : 1 / 3, 12)
  for (const length of encoded.chosenLength) expect(length).toBeGreaterThanOrEqual(1)
  expect(encoded.chosenScore.every(Number.isNaN)).toBe(true)
  expect(encoded.users.codes.every((code) => code === -1)).toBe(true)
})

test('users are known, their groups are not', () => {
  const { train } = drawPopulationWorld(new RandomStream(1), 'two-opposed', { users: 4, pairsPerUser: 3 })
  const encoded = encodeWorld(train)
  expect([...encoded.users.codes]).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3])
  expect(encoded.users.names).toHaveLength(4)
  expect(encoded.categories.names).toEqual([])
  expect(encoded.strength.every(Number.isNaN)).toBe(true)
})
