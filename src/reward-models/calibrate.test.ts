import { expect, test } from 'vitest'
import { RandomStream } from '../numerics/random.ts'
import { sigmoid } from '../numerics/sigmoid.ts'
import { calibrate } from './calibrate.ts'
import { categoriesOf, noCategories } from './encoded-pairs.ts'
import { pairQualityOf } from './pair-quality.ts'

/** Rewards whose differences are three times too large for the labels they come with. */
function overconfident(pairs: number): { chosen: Float64Array; rejected: Float64Array } {
  const stream = new RandomStream(11)
  const chosen = new Float64Array(pairs)
  const rejected = new Float64Array(pairs)
  for (let pair = 0; pair < pairs; pair++) {
    const [a, b] = [3 * stream.normal(), 3 * stream.normal()]
    const first = stream.uniform() < sigmoid((a - b) / 3)
    chosen[pair] = first ? a : b
    rejected[pair] = first ? b : a
  }
  return { chosen, rejected }
}

test('a model that is three times too sure is found out, and calibrated', () => {
  const { chosen, rejected } = overconfident(6000)
  const found = calibrate(chosen, rejected)
  expect(Math.abs(found.temperature - 3)).toBeLessThan(0.3)
  expect(found.eceAfter!).toBeLessThan(0.03)
  expect(found.eceBefore!).toBeGreaterThan(3 * found.eceAfter!)
  expect(found.logLossAfter!).toBeLessThan(found.logLossBefore!)
  expect(found.mean).toBeCloseTo(0, 0)
  expect(found.standardDeviation).toBeCloseTo(3, 0)
  expect(found.pairs).toBe(6000)
})

test('ties count for mean and deviation alone; what cannot be calibrated keeps its scale', () => {
  const tied = calibrate(Float64Array.of(1, 3), Float64Array.of(1, 3), Uint8Array.of(1, 1))
  expect(tied).toMatchObject({ temperature: 1, mean: 2, standardDeviation: 1, pairs: 0, eceBefore: null })
  expect(calibrate(Float64Array.of(2, 5), Float64Array.of(1, 1)).temperature).toBe(1)
  expect(calibrate(new Float64Array(0), new Float64Array(0))).toMatchObject({
    temperature: 1,
    standardDeviation: 1,
  })
  expect(calibrate(Float64Array.of(1, 1), Float64Array.of(1, 1)).standardDeviation).toBe(1)
})

test('quality: by length, source and user, with ties left out', () => {
  const pairs = {
    tie: Uint8Array.of(0, 0, 0, 0, 1),
    chosenLength: Float64Array.of(5, 5, 1, 2, 9),
    rejectedLength: Float64Array.of(1, 1, 4, 2, 1),
    sources: categoriesOf(['a', 'a', 'b', 'b', 'a']),
    users: noCategories(5),
  }
  const quality = pairQualityOf(pairs, Float64Array.of(1, 1, 0, 2, 0), Float64Array.of(0, 0, 1, 2, 9), 2)
  expect(quality).toMatchObject({ pairs: 4, ties: 1, accuracy: 0.625, longerPreferred: 0.625 })
  const named = (list: typeof quality.byLength) =>
    Object.fromEntries(list.map(({ name, pairs: n, accuracy }) => [name, [n, accuracy]]))
  expect(named(quality.byLength)).toEqual({
    'chosen is longer': [2, 1],
    'equally long': [1, 0.5],
    'chosen is shorter': [1, 0],
  })
  expect(named(quality.bySource)).toEqual({ a: [2, 1], b: [2, 0.25] })
  expect(quality.byUser).toEqual([])
  const loss = (difference: number) => Math.log1p(Math.exp(-difference / 2))
  expect(quality.logLoss).toBeCloseTo((2 * loss(1) + loss(-1) + loss(0)) / 4, 12)
  expect(
    pairQualityOf({ ...pairs, tie: new Uint8Array(5).fill(1) }, new Float64Array(5), new Float64Array(5), 1),
  ).toMatchObject({
    pairs: 0,
    accuracy: null,
  })
})
