import { expect, test } from 'vitest'
import { RandomStream } from '../../numerics/random.ts'
import { GuerdonError } from '../../records/error.ts'
import { annotator } from './annotator.ts'
import { drawPairs, pickPairs } from './item-pairs.ts'
import { labelItemPairs, labelPairs } from './label-pairs.ts'
import { linearTeacher } from './teacher.ts'

const teacher = linearTeacher(Float64Array.of(1, -2, 0.5))
const size = { pairs: 4000, dimensions: 3 }
const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length

test('labels are as often right as their probabilities say, and the same stream gives the same labels', () => {
  const who = annotator({ rationality: 2, flip: 0.1 })
  const labelled = labelPairs(new RandomStream(1), teacher, who, size)
  // P(flip) of a pair is the probability of its label where that is a flip, and of the other label where it is not.
  expect(labelPairs(new RandomStream(1), teacher, who, size)).toEqual(labelled)
  let expectedFlips = 0
  for (let pair = 0; pair < size.pairs; pair++) {
    const p = labelled.probability[pair]!
    expectedFlips += labelled.flipped[pair] === 1 ? p : 1 - p
  }
  expect(Math.abs(mean(labelled.flipped) - expectedFlips / size.pairs)).toBeLessThan(0.02)
  expect([...teacher.utility(labelled.chosen, size.pairs)]).toEqual([...labelled.utilityChosen])
  expect([...teacher.utility(labelled.rejected, size.pairs)]).toEqual([...labelled.utilityRejected])
})

test('without noise no label is against the preference', () => {
  const who = annotator({ rationality: Number.POSITIVE_INFINITY, flip: 0 })
  const labelled = labelPairs(new RandomStream(2), teacher, who, size)
  expect(mean(labelled.flipped)).toBe(0)
  expect(mean(labelled.probability)).toBe(1)
})

test('a length bias shows in the labels, and only then', () => {
  const excess = (lengthBias: number): number => {
    const labelled = labelPairs(new RandomStream(3), teacher, annotator({ lengthBias }), size)
    return mean(labelled.lengthChosen.map((length, pair) => length - labelled.lengthRejected[pair]!))
  }
  expect(Math.abs(excess(0))).toBeLessThan(0.1)
  expect(excess(1)).toBeGreaterThan(0.3)
})

test('a majority of three is better than one and costs three labels a pair', () => {
  const who = annotator({ rationality: 1.5, flip: 0.1, cost: 2 })
  const one = labelPairs(new RandomStream(4), teacher, who, size)
  const three = labelPairs(new RandomStream(4), teacher, who, { ...size, votes: 3 })
  expect(mean(three.flipped)).toBeLessThan(mean(one.flipped))
  expect(three.labelsUsed).toBe(3 * size.pairs)
  expect(three.cost).toBe(6 * size.pairs)
  for (const votes of three.votesForChosen) expect(votes).toBeGreaterThanOrEqual(2)
})

test('a consistent annotator gives one answer however often he is asked, and the same to the pair turned round', () => {
  const who = annotator({ consistent: true, rationality: 1 })
  const pairs = drawPairs(new RandomStream(5), teacher, size)
  const once = labelItemPairs(new RandomStream(6), pairs, who, { annotators: 1 })
  const often = labelItemPairs(new RandomStream(6), pairs, who, { annotators: 1, votes: 9 })
  expect(often.chosen).toEqual(once.chosen)
  expect(often.probability).toEqual(once.probability)
  expect(mean(often.votesForChosen)).toBe(9)
  const turned = { ...pairs, a: pairs.b, b: pairs.a, utilityA: pairs.utilityB, utilityB: pairs.utilityA }
  expect(labelItemPairs(new RandomStream(6), turned, who, { annotators: 1 }).chosen).toEqual(once.chosen)
  expect(mean(once.flipped)).toBeGreaterThan(0.1)
})

test('adversaries, fatigue and pairs with more noise', () => {
  const who = annotator({ rationality: 8, flip: 0 })
  const allOppose = labelPairs(new RandomStream(7), teacher, who, { ...size, adversaries: 1 })
  expect(mean(allOppose.flipped)).toBeGreaterThan(0.8)
  const few = labelPairs(new RandomStream(7), teacher, who, { ...size, annotators: 10, adversaries: 0.2 })
  const wrong = Array.from({ length: 10 }, (_, one) =>
    mean(few.flipped.filter((_, pair) => few.annotator[pair] === one)),
  )
  expect(wrong.filter((share) => share > 0.5)).toHaveLength(2)
  const tired = annotator({ rationality: 8, flip: 0, fatigue: { end: 0.5, tau: 500 } })
  const { flipped } = labelPairs(new RandomStream(8), teacher, tired, size)
  expect(mean(flipped.slice(0, 200))).toBeLessThan(mean(flipped.slice(-1000)) - 0.2)
  const noisy = labelPairs(new RandomStream(9), teacher, who, { ...size, noisy: { share: 0.4, flip: 0.4 } })
  expect(mean(noisy.noisy)).toBeCloseTo(0.4, 1)
  expect(mean(noisy.flipped.filter((_, pair) => noisy.noisy[pair] === 1))).toBeGreaterThan(0.35)
  expect(mean(noisy.flipped.filter((_, pair) => noisy.noisy[pair] === 0))).toBeLessThan(0.1)
})

test('prompts share contexts, and picked pairs are those that were picked', () => {
  const wide = linearTeacher(Float64Array.of(1, 1, 0, 0))
  const pairs = drawPairs(new RandomStream(1), wide, { pairs: 6, prompts: 2, dimensions: 2, context: 2 })
  expect([...pairs.prompt]).toEqual([0, 0, 0, 1, 1, 1])
  const contextOf = (features: Float64Array, row: number): number[] => [
    ...features.slice(row * 4 + 2, row * 4 + 4),
  ]
  expect(contextOf(pairs.a.features, 0)).toEqual(contextOf(pairs.b.features, 2))
  expect(contextOf(pairs.a.features, 0)).not.toEqual(contextOf(pairs.a.features, 3))
  const picked = pickPairs(pairs, Int32Array.of(4, 0))
  expect(picked.count).toBe(2)
  expect(picked.a.features.slice(0, 4)).toEqual(pairs.a.features.slice(16, 20))
  expect([...picked.utilityB]).toEqual([pairs.utilityB[4], pairs.utilityB[0]])
})

test('what cannot be labelled is refused', () => {
  const pairs = drawPairs(new RandomStream(1), teacher, { pairs: 2, dimensions: 3 })
  for (const options of [{ votes: 0 }, { votes: 3, annotators: 2 }, { adversaries: 2 }, { votes: 1.5 }])
    expect(() => labelItemPairs(new RandomStream(1), pairs, annotator(), options)).toThrow(GuerdonError)
  expect(() => drawPairs(new RandomStream(1), teacher, { pairs: 2, dimensions: 4 })).toThrow(GuerdonError)
})
