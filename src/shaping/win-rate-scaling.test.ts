import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shape } from './plain-lists.contract.ts'
import { winRateScaling, winRatesAgainst } from './win-rate-scaling.ts'

const numbers = fc.double({ min: -15, max: 15, noNaN: true })
const comparisons = fc.array(numbers, { minLength: 1, maxLength: 10 })

test('inside (0, 1), rising with the reward, and unmoved by a constant on both', () => {
  fc.assert(
    fc.property(numbers, comparisons, numbers, (reward, others, constant) => {
      const [rate, higher] = winRatesAgainst([reward, reward + 1], [1, 1], others)
      expect(rate).toBeGreaterThan(0)
      expect(higher).toBeLessThan(1)
      expect(higher).toBeGreaterThan(rate!)
      const moved = others.map((other) => other + constant)
      expect(winRatesAgainst([reward + constant], [1], moved)[0]).toBeCloseTo(rate!, 10)
    }),
  )
})

test('two rewards of very different scale have nearly the same range afterwards', () => {
  const items = Array.from({ length: 41 }, (_, index) => index / 2 - 10)
  const range = (scale: number): number => {
    const own = items.map((item) => scale * item)
    const rates = shape(winRateScaling, { comparisons: own }, { column: own }) as number[]
    return rates.at(-1)! - rates[0]!
  }
  expect(range(20) / range(1)).toBeLessThan(1.2)
})

test('without comparisons there is nothing to scale by', () => {
  expect(() => shape(winRateScaling, { comparisons: [] }, { column: [1] })).toThrow(/comparisons/)
})
