import { expect, test } from 'vitest'
import { RandomStream } from '../../numerics/random.ts'
import { drawPopulationWorld, drawWorld, WORLDS, type WorldName } from './worlds.ts'

const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length

test.each(Object.keys(WORLDS) as WorldName[])(
  '%s: labels, test pairs of other prompts, the same again',
  (name) => {
    const world = drawWorld(new RandomStream(1), name, { pairs: 600, testPairs: 300 })
    expect(world.train.count).toBe(600)
    expect(world.test.count).toBe(300)
    expect(world.train.dimensions).toBe(world.teacher.dimensions)
    expect(world.test.chosen.slice(0, 16)).not.toEqual(world.train.chosen.slice(0, 16))
    expect(drawWorld(new RandomStream(1), name, { pairs: 600, testPairs: 300 }).train).toEqual(world.train)
  },
)

test('the worlds differ in what they are named after', () => {
  const flipsOf = (name: WorldName): number =>
    mean(drawWorld(new RandomStream(2), name, { pairs: 2000 }).train.flipped)
  expect(flipsOf('clean')).toBeLessThan(flipsOf('crowd'))
  expect(flipsOf('clean')).toBeLessThan(flipsOf('noisy40'))
  const { train } = drawWorld(new RandomStream(3), 'lengthy', { pairs: 2000 })
  expect(mean(train.lengthChosen)).toBeGreaterThan(mean(train.lengthRejected) + 0.3)
  expect(train.chosen[16]).toBe(train.lengthChosen[0])
})

test('a population’s test users are others than those it is trained on', () => {
  const world = drawPopulationWorld(new RandomStream(1), 'two-opposed', {
    users: 20,
    testUsers: 10,
    pairsPerUser: 5,
  })
  expect(world.train.count).toBe(100)
  expect(world.test?.count).toBe(50)
  expect(world.test?.chosen.slice(0, 16)).not.toEqual(world.train.chosen.slice(0, 16))
})

test('the tanh teacher is another world with the same scale of utilities', () => {
  for (const teacher of ['linear', 'tanh'] as const) {
    const { train } = drawWorld(new RandomStream(4), 'lengthy', { pairs: 4000, teacher, units: 8 })
    const squares = train.utilityChosen.map((utility, pair) => (utility - train.utilityRejected[pair]!) ** 2)
    expect(Math.abs(Math.sqrt(mean(squares)) - 1)).toBeLessThan(0.05)
    expect(train.dimensions).toBe(17)
  }
})
