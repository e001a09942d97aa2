import { describe, expect, test } from 'vitest'
import { RandomStream } from '../../numerics/random.ts'
import { trainVoters } from './cross-fitted-voters.ts'
import { PairFeatures } from './pair-features.ts'
import { TrainingSample } from './training-sample.ts'
import { WordHashes } from './word-hashes.ts'

/** Pairs of random words whose better side holds praised words; a share of the labels is wrong. */
function world(size: number, noise: number, seed: number) {
  const random = new RandomStream(seed)
  const features = new PairFeatures()
  const [left, right] = [new WordHashes(), new WordHashes()]
  const text = (marked: string) =>
    Array.from({ length: 20 }, () =>
      random.uniform() < 0.1 ? `${marked}${random.below(5)}` : `w${random.below(300)}`,
    ).join(' ')
  return Array.from({ length: size }, (_, index) => {
    const wrong = random.uniform() < noise
    const [good, bad] = [text('good'), text('bad')]
    features.read(left.read(wrong ? bad : good), right.read(wrong ? good : bad))
    const key = random.integer32()
    return {
      key,
      labelledKey: 2 * key + (wrong ? 1 : 0),
      prompt: index % 40,
      wrong,
      indices: features.indices.slice(0, features.size),
      values: features.values.slice(0, features.size),
      size: features.size,
    }
  })
}

const meanOf = (margins: ArrayLike<number>) =>
  Array.from(margins).reduce((sum, margin) => sum + margin, 0) / margins.length

describe('cross-fitted voters', () => {
  test('tell wrong labels from right ones although they were trained on both', () => {
    const pairs = world(700, 0.2, 4)
    const voters = trainVoters(pairs, { random: new RandomStream(1) })
    const means = pairs.map((pair) => ({
      wrong: pair.wrong,
      mean: meanOf(voters.margins(pair, pair.prompt, pair.key)),
    }))
    const [wrong, right] = [means.filter((m) => m.wrong), means.filter((m) => !m.wrong)]
    let above = 0
    for (const one of wrong) for (const other of right) if (one.mean < other.mean) above++
    expect(above / (wrong.length * right.length)).toBeGreaterThan(0.9)
    expect(voters.foldedBy).toBe('prompt')
  })

  test('find nothing in noise: a model is never asked about what it was trained on', () => {
    const pairs = world(500, 0.5, 9)
    const voters = trainVoters(pairs, { random: new RandomStream(1) })
    const agree =
      pairs.filter((pair) => meanOf(voters.margins(pair, pair.prompt, pair.key)) > 0).length / pairs.length
    expect(Math.abs(agree - 0.5)).toBeLessThan(0.09)
  })

  test('the same seed gives the same voters; few prompts are divided by pairs; too few pairs are refused', () => {
    const pairs = world(60, 0, 2)
    const [one, other] = [1, 1].map((seed) => trainVoters(pairs, { random: new RandomStream(seed) }))
    for (const pair of pairs)
      expect(Array.from(one!.margins(pair, pair.prompt, pair.key))).toEqual(
        Array.from(other!.margins(pair, pair.prompt, pair.key)),
      )
    const alone = pairs.map((pair) => ({ ...pair, prompt: 1 }))
    expect(trainVoters(alone, { random: new RandomStream(1) }).foldedBy).toBe('pair')
    expect(() => trainVoters(pairs.slice(0, 4), { random: new RandomStream(1) })).toThrow('4 pairs')
  })
})

describe('the training sample', () => {
  const offered = world(300, 0.2, 7)
  const sampled = (list: typeof offered, most: number, entries = 1e9) => {
    const sample = new TrainingSample(most, entries)
    const features = new PairFeatures()
    for (const pair of list) {
      Object.assign(features, { indices: pair.indices, values: pair.values, size: pair.size })
      sample.offer(pair.key, pair.labelledKey, pair.prompt, features)
    }
    return sample.pairs()
  }

  test('holds the smallest keys, whatever the order, and copies once', () => {
    const expected = offered
      .map(({ key }) => key)
      .sort((a, b) => a - b)
      .slice(0, 50)
    expect(sampled(offered, 50).map(({ key }) => key)).toEqual(expected)
    expect(sampled([...offered].reverse(), 50).map(({ key }) => key)).toEqual(expected)
    expect(sampled([...offered, ...offered, ...offered], 50).map(({ key }) => key)).toEqual(expected)
  })

  test('keeps within its memory, in any order', () => {
    const few = sampled(offered, 200, 2000)
    expect(few.reduce((sum, { indices }) => sum + indices.length, 0)).toBeLessThanOrEqual(2000)
    expect(few.length).toBeGreaterThan(20)
    expect(sampled([...offered].reverse(), 200, 2000).map(({ key }) => key)).toEqual(
      few.map(({ key }) => key),
    )
  })
})

test('features: equal texts cancel, exchanged sides turn every sign, length does not make a vector longer', () => {
  const [a, b] = [
    new WordHashes().read('one two three'),
    new WordHashes().read('four five six seven eight nine'),
  ]
  const norm = (features: PairFeatures) =>
    Math.sqrt(features.values.subarray(0, features.size).reduce((sum, value) => sum + value * value, 0))
  expect(norm(new PairFeatures().read(a, a))).toBeCloseTo(0, 6)
  expect(norm(new PairFeatures().read(a, b))).toBeCloseTo(Math.SQRT2, 5)
  const empty = new WordHashes().read('')
  expect(norm(new PairFeatures().read(b, empty))).toBeCloseTo(1, 5)
  const [one, other] = [new PairFeatures().read(a, b), new PairFeatures().read(b, a)]
  const entries = (features: PairFeatures, sign: number) =>
    new Map(
      Array.from({ length: features.size }, (_, at) => [features.indices[at], sign * features.values[at]!]),
    )
  expect(entries(one, 1)).toEqual(entries(other, -1))
})
