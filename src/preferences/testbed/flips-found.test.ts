import { expect, test } from 'vitest'
import { RandomStream } from '../../numerics/random.ts'
import { GuerdonError } from '../../records/error.ts'
import { flipsFound } from './flips-found.ts'
import { drawWorld } from './worlds.ts'

test('the truth finds every flip, and chance finds as many as it suspects', () => {
  const { train } = drawWorld(new RandomStream(4), 'noisy40', { pairs: 3000 })
  const truth = train.utilityRejected.map((utility, pair) => utility - train.utilityChosen[pair]!)
  expect(flipsFound(train.flipped, truth, 0)).toMatchObject({ precision: 1, recall: 1, auroc: 1 })
  const stream = new RandomStream(5)
  const chance = flipsFound(
    train.flipped,
    train.flipped.map(() => stream.below(200)),
    99,
  )
  expect(Math.abs(chance.auroc! - 0.5)).toBeLessThan(0.04)
  expect(Math.abs(chance.recall! - 0.5)).toBeLessThan(0.06)
})

test('nothing flipped, nothing suspected', () => {
  expect(flipsFound([0, 0], [0, 0], 1)).toEqual({
    flipped: 0,
    suspected: 0,
    precision: null,
    recall: null,
    auroc: null,
  })
  expect(() => flipsFound([1], [], 0)).toThrow(GuerdonError)
  expect(() => flipsFound([1], [Number.NaN], 0)).toThrow(GuerdonError)
})
