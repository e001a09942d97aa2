import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RandomStream } from '../../numerics/random.ts'
import { logSigmoid } from '../../numerics/sigmoid.ts'
import { GuerdonError } from '../../records/error.ts'
import { plackettLuceLogProbability, samplePlackettLuce } from './plackett-luce.ts'

const orders = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
]

test('the probabilities of all orders sum to 1, and adding a constant changes nothing', () => {
  const utility = fc.double({ min: -700, max: 700, noNaN: true })
  fc.assert(
    fc.property(fc.array(utility, { minLength: 3, maxLength: 3 }), (utilities) => {
      const sum = orders.reduce(
        (total, order) => total + Math.exp(plackettLuceLogProbability(utilities, order)),
        0,
      )
      expect(sum).toBeCloseTo(1, 9)
      const moved = utilities.map((value) => value + 100)
      expect(plackettLuceLogProbability(moved, [2, 0, 1])).toBeCloseTo(
        plackettLuceLogProbability(utilities, [2, 0, 1]),
        8,
      )
    }),
  )
})

test('two items are Bradley–Terry', () => {
  expect(plackettLuceLogProbability([1.5, 0], [0, 1])).toBeCloseTo(logSigmoid(1.5), 14)
})

test('draws are as frequent as their probability says', () => {
  const stream = new RandomStream(5)
  const utilities = [0.3, -0.4, 0.8]
  const counts = new Map<string, number>()
  const draws = 20_000
  for (let draw = 0; draw < draws; draw++) {
    const order = samplePlackettLuce(stream, utilities, 2).toString()
    counts.set(order, (counts.get(order) ?? 0) + 1)
  }
  for (const order of orders) {
    const p = Math.exp(plackettLuceLogProbability([0.6, -0.8, 1.6], order))
    const deviation = Math.sqrt((p * (1 - p)) / draws)
    expect(Math.abs((counts.get(order.toString()) ?? 0) / draws - p)).toBeLessThan(4.5 * deviation)
  }
})

test('what is no ranking is refused', () => {
  for (const ranking of [[0], [0, 0], [0, 2], [0.5, 1], [0, 1, 1]])
    expect(() => plackettLuceLogProbability([1, 2], ranking)).toThrow(GuerdonError)
})
