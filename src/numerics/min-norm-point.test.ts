import fc from 'fast-check'
import { expect, test } from 'vitest'
import { minNormPoint } from './min-norm-point.ts'
import { minNormWeights } from './min-norm-weights.ts'
import { RandomStream } from './random.ts'

const drawn = (seed: number, count: number, width: number): Float64Array[] => {
  const stream = new RandomStream(seed)
  return Array.from({ length: count }, () => Float64Array.from({ length: width }, () => stream.normal()))
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, value, k) => sum + value * b[k]!, 0)

test('the combination lowers every loss, and no published solution is shorter', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1e6 }),
      fc.integer({ min: 1, max: 7 }),
      fc.integer({ min: 1, max: 12 }),
      (seed, count, width) => {
        const vectors = drawn(seed, count, width)
        const { weights, normSquared } = minNormPoint(vectors)
        expect(weights.every((weight) => weight >= 0)).toBe(true)
        expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12)
        const u = Float64Array.from(vectors[0]!, (_, k) =>
          vectors.reduce((sum, vector, i) => sum + weights[i]! * vector[k]!, 0),
        )
        expect(dot(u, u)).toBeCloseTo(normSquared, 10)
        for (const vector of vectors) expect(dot(u, vector)).toBeGreaterThan(normSquared - 1e-9)
        expect(normSquared).toBeLessThanOrEqual(minNormWeights(vectors).normSquared + 1e-9)
      },
    ),
  )
})

test('leaves out a vector that only lengthens the point, and opposed ones meet at 0', () => {
  expect(
    Array.from(
      minNormPoint([
        [1, 0],
        [3, 1],
      ]).weights,
    ),
  ).toEqual([1, 0])
  expect(
    minNormPoint([
      [1, 2],
      [-1, -2],
    ]).normSquared,
  ).toBeCloseTo(0, 12)
  expect(
    minNormPoint([
      [0, 0],
      [1, 1],
    ]).normSquared,
  ).toBe(0)
})
