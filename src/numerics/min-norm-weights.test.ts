import fc from 'fast-check'
import { expect, test } from 'vitest'
import { minNormTwo, minNormWeights } from './min-norm-weights.ts'
import { RandomStream } from './random.ts'

const drawn = (seed: number, count: number, width: number): Float64Array[] => {
  const stream = new RandomStream(seed)
  return Array.from({ length: count }, () => Float64Array.from({ length: width }, () => stream.normal()))
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, value, k) => sum + value * b[k]!, 0)

const combined = (vectors: readonly Float64Array[], weights: Float64Array): Float64Array =>
  Float64Array.from(vectors[0]!, (_, k) =>
    vectors.reduce((sum, vector, i) => sum + weights[i]! * vector[k]!, 0),
  )

test('two vectors: the foot of the perpendicular, or just inside the shorter end', () => {
  expect(minNormTwo(2, 0, 2)).toEqual({ gamma: 0.5, cost: 1 })
  expect(minNormTwo(1, 2, 9)).toEqual({ gamma: 0.999, cost: 1 })
  expect(minNormTwo(9, 2, 1)).toEqual({ gamma: 0.001, cost: 1 })
})

test('weights are a mixture, and no vertex and no equal mixture is shorter', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 6 }), (seed, count) => {
      const vectors = drawn(seed, count, 8)
      const { weights, normSquared } = minNormWeights(vectors)
      expect(weights.every((weight) => weight >= 0)).toBe(true)
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12)
      const u = combined(vectors, weights)
      expect(dot(u, u)).toBeCloseTo(normSquared, 10)
      for (const vector of vectors) expect(normSquared).toBeLessThanOrEqual(dot(vector, vector) + 1e-9)
      const equal = combined(vectors, new Float64Array(count).fill(1 / count))
      expect(normSquared).toBeLessThanOrEqual(dot(equal, equal) + 1e-3)
    }),
  )
})

test('the combination is a common descent direction up to the early stop', () => {
  for (let seed = 1; seed <= 200; seed++) {
    const vectors = drawn(seed, 5, 16)
    const u = combined(vectors, minNormWeights(vectors).weights)
    const squared = dot(u, u)
    // The last step may have changed weights by 1e-5 in sum and a clamped one by 1e-3.
    for (const vector of vectors) expect(dot(u, vector)).toBeGreaterThan(squared - 2e-3)
  }
})

test('copies of one vector give that vector; a scale of a vector does not break it', () => {
  const [vector] = drawn(3, 1, 4) as [Float64Array]
  const { weights, normSquared } = minNormWeights([vector, vector, vector])
  expect(normSquared).toBeCloseTo(dot(vector, vector), 12)
  expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12)
  expect(
    minNormWeights([
      [1e150, 0],
      [0, 1],
    ]).weights.every(Number.isFinite),
  ).toBe(true)
})

test('refuses what cannot be combined', () => {
  expect(() => minNormWeights([])).toThrow('no vectors')
  expect(() => minNormWeights([[1], [1, 2]])).toThrow('unequal lengths')
  expect(() => minNormWeights([[Number.NaN], [1]])).toThrow('not finite')
})
