import { expect, test } from 'vitest'
import { gradientScales } from './gradient-normaliser.ts'
import { headGradients, moreLambda } from './more-lambda.ts'
import { RandomStream } from './random.ts'
import { softplus } from './sigmoid.ts'

const width = 4
const stream = new RandomStream(7)
const drawn = (size: number): Float64Array => Float64Array.from({ length: size }, () => stream.normal())
const head = drawn(width)
const chosen = drawn(6 * width)
const rejected = drawn(6 * width)
const sources = [0, 0, 2, 2, 2, 0]

test('gradients of the head agree with central differences of the mean loss', () => {
  const { gradients, losses, counts } = headGradients(head, chosen, rejected, sources, 3)
  expect(Array.from(counts)).toEqual([3, 0, 3])
  const loss = (own: Float64Array, source: number): number => {
    const pairs = sources.flatMap((of, pair) => (of === source ? [pair] : []))
    return (
      pairs.reduce((sum, pair) => {
        let gap = 0
        for (let k = 0; k < width; k++)
          gap += own[k]! * (chosen[pair * width + k]! - rejected[pair * width + k]!)
        return sum + softplus(-gap)
      }, 0) / pairs.length
    )
  }
  for (const source of [0, 2]) {
    expect(losses[source]).toBeCloseTo(loss(head, source), 12)
    for (let k = 0; k < width; k++) {
      const [up, down] = [head.slice(), head.slice()]
      up[k]! += 1e-5
      down[k]! -= 1e-5
      expect(gradients[source]![k]).toBeCloseTo((loss(up, source) - loss(down, source)) / 2e-5, 8)
    }
  }
})

test('an absent source keeps its momentum and gets no weight; a lone one gets all', () => {
  const found = headGradients(head, chosen, rejected, sources, 3)
  const before = [drawn(width), drawn(width), drawn(width)]
  const { momentum, weights } = moreLambda(found, before)
  expect(momentum[1]).toEqual(before[1])
  expect(weights[1]).toBe(0)
  expect(weights[0]! + weights[2]!).toBeCloseTo(1, 12)
  const alone = headGradients(head, chosen, rejected, [1, 1, 1, 1, 1, 1], 3)
  expect(Array.from(moreLambda(alone, undefined).weights)).toEqual([0, 1, 0])
  expect(Array.from(moreLambda(headGradients(head, [], [], [], 3), undefined).weights)).toEqual([0, 0, 0])
})

test('scales: a zero gradient and a zero loss count as 1', () => {
  expect(
    Array.from(
      gradientScales(
        [
          [0, 0],
          [3, 4],
        ],
        [1, 2],
        'l2',
      ),
    ),
  ).toEqual([1, 5])
  expect(
    Array.from(
      gradientScales(
        [
          [0, 0],
          [3, 4],
        ],
        [0, 2],
        'loss+',
      ),
    ),
  ).toEqual([1, 10])
  expect(
    gradientScales(
      [
        [0, 0],
        [3, 4],
      ],
      [1, 2],
      'loss',
    )[0],
  ).toBeCloseTo(0.4, 12)
})

test('refuses a pair of no source and features of another width', () => {
  expect(() => headGradients(head, chosen, rejected, [0, 0, 0, 0, 0, 5], 3)).toThrow('no source')
  expect(() => headGradients(head, chosen.slice(1), rejected, sources, 3)).toThrow('do not fit')
})
