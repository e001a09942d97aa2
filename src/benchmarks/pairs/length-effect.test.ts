import { expect, test } from 'vitest'
import { LengthGatherer } from './length-effect.ts'

function effectOf(rows: readonly (readonly [margin: number, chosen: number, rejected: number])[]) {
  const gatherer = new LengthGatherer()
  for (const row of rows) gatherer.add(...row)
  return gatherer.effect()
}

test('a reward for length prefers the longer one always, and is right only where people do', () => {
  const effect = effectOf([
    [2, 30, 20],
    [-20, 20, 40],
    [0, 7, 7],
    [90, 100, 10],
  ])
  expect(effect.rewardPrefersLonger).toBe(1)
  expect(effect.peoplePreferLonger).toBeCloseTo(2 / 3, 12)
  expect(effect.chosenLonger).toEqual({ pairs: 2, accuracy: 1 })
  expect(effect.chosenShorter).toEqual({ pairs: 1, accuracy: 0 })
  expect(effect.equal).toEqual({ pairs: 1, accuracy: 0.5 })
  expect(effect.bins.map(({ pairs }) => pairs)).toEqual([0, 1, 1, 1, 1])
  expect(effect.bins[0]!.accuracy).toBeNull()
})

test('the correlation is Pearson’s, and null where a side is constant', () => {
  const effect = effectOf([
    [1, 2, 0],
    [2, 4, 0],
    [3, 0, 3],
  ])
  // Margins 1, 2, 3 with differences 2, 4, −3.
  expect(effect.correlation).toBeCloseTo(-5 / Math.sqrt(2 * 26), 12)
  expect(effectOf([[1, 5, 5]]).correlation).toBeNull()
  expect(effectOf([[1, 5, 5]]).rewardPrefersLonger).toBeNull()
})

test('an edge belongs to the bin above it, and empty completions have a place', () => {
  const effect = effectOf([
    [1, 5, 10],
    [1, 2, 1],
    [1, 3, 0],
    [1, 0, 3],
    [1, 0, 0],
  ])
  expect(effect.bins.map(({ pairs }) => pairs)).toEqual([1, 1, 1, 0, 2])
})
