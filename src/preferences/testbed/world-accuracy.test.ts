import { expect, test } from 'vitest'
import { RandomStream } from '../../numerics/random.ts'
import { sigmoid } from '../../numerics/sigmoid.ts'
import { GuerdonError } from '../../records/error.ts'
import { annotator } from './annotator.ts'
import { labelPairs } from './label-pairs.ts'
import { mixtureBounds } from './mixture.ts'
import { linearTeacher } from './teacher.ts'
import { worldAccuracy } from './world-accuracy.ts'
import { drawPopulationWorld } from './worlds.ts'

test('the truth is always right about preferences, and right about labels as often as they are not flipped', () => {
  const pairs = labelPairs(new RandomStream(1), linearTeacher(Float64Array.of(1, 2)), annotator(), {
    pairs: 3000,
    dimensions: 2,
  })
  const truth = pairs.utilityChosen.map((utility, pair) => utility - pairs.utilityRejected[pair]!)
  const found = worldAccuracy(pairs, truth)
  const flips = pairs.flipped.reduce((sum, flag) => sum + flag, 0) / pairs.count
  expect(found.preferences).toBe(1)
  expect(found.labels).toBeCloseTo(1 - flips, 12)
  expect(found.groups).toEqual([])
  expect(worldAccuracy(pairs, new Float64Array(3000)).preferences).toBe(0.5)
})

test('the first group’s taste is right for it, wrong for the opposed one, and no better than the bound allows', () => {
  const who = annotator({ rationality: 3, flip: 0 })
  const options = { users: 60, pairsPerUser: 50, spread: 0, annotator: who }
  const { train, population } = drawPopulationWorld(new RandomStream(2), 'two-opposed', options)
  const margins = Float64Array.from(train.utilityChosen, (_, pair) => train.groupDifferences[pair * 2]!)
  const found = worldAccuracy(train, margins)
  expect(found.groups).toEqual([1, 0])
  expect(found.worstGroup).toBe(0)
  expect(found.controversial).toBeCloseTo(found.preferences, 12)
  const bounds = mixtureBounds(
    population.weights,
    train.groupDifferences.map((difference) => 3 * difference),
  )
  const own = Float64Array.from(train.utilityChosen, (u, pair) => u - train.utilityRejected[pair]!)
  const deviation = Math.sqrt(0.25 / train.count)
  expect(worldAccuracy(train, own).labels).toBeLessThan(bounds.accuracyWithGroup + 4 * deviation)
})

test('a linear model fitted to labels finds the teacher', () => {
  const teacher = linearTeacher(Float64Array.of(2, -1, 0.5, 0))
  const pairs = labelPairs(new RandomStream(3), teacher, annotator({ rationality: 4, flip: 0 }), {
    pairs: 2000,
    dimensions: 4,
  })
  const weights = new Float64Array(4)
  for (let step = 0; step < 60; step++) {
    const gradient = new Float64Array(4)
    for (let pair = 0; pair < pairs.count; pair++) {
      let margin = 0
      for (let column = 0; column < 4; column++)
        margin += weights[column]! * (pairs.chosen[pair * 4 + column]! - pairs.rejected[pair * 4 + column]!)
      for (let column = 0; column < 4; column++)
        gradient[column]! +=
          (sigmoid(-margin) * (pairs.chosen[pair * 4 + column]! - pairs.rejected[pair * 4 + column]!)) /
          pairs.count
    }
    for (let column = 0; column < 4; column++) weights[column]! += 2 * gradient[column]!
  }
  const margins = linearTeacher(weights)
  const chosen = margins.utility(pairs.chosen, pairs.count)
  const rejected = margins.utility(pairs.rejected, pairs.count)
  const found = worldAccuracy(
    pairs,
    chosen.map((reward, pair) => reward - rejected[pair]!),
  )
  expect(found.preferences).toBeGreaterThan(0.95)
})

test('margins that do not belong to the pairs are refused', () => {
  const pairs = labelPairs(new RandomStream(1), linearTeacher(Float64Array.of(1)), annotator(), {
    pairs: 2,
    dimensions: 1,
  })
  expect(() => worldAccuracy(pairs, [1])).toThrow(GuerdonError)
  expect(() => worldAccuracy(pairs, [1, Number.NaN])).toThrow(GuerdonError)
})
