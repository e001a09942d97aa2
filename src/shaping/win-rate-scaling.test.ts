import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shape } from './plain-lists.contract.ts'
import { winRateScaling } from './win-rate-scaling.ts'

const numbers = fc.double({ min: -15, max: 15, noNaN: true })
const lists = fc.array(numbers, { minLength: 1, maxLength: 10 })

test('inside (0, 1), rising with the reward, and unmoved by a constant on both', () => {
  fc.assert(
    fc.property(numbers, lists, numbers, (reward, comparisons, constant) => {
      const run = (column: number[], others: number[]) =>
        shape(winRateScaling, { comparisons: others }, { column }) as number[]
      const [rate, higher] = run([reward, reward + 1], comparisons)
      expect(rate).toBeGreaterThan(0)
      expect(higher).toBeLessThan(1)
      expect(higher).toBeGreaterThan(rate!)
      const moved = comparisons.map((other) => other + constant)
      expect(run([reward + constant], moved)[0]).toBeCloseTo(rate!, 10)
    }),
  )
})

test('a temperature keeps the order and stretches the range', () => {
  const run = (temperature: number) =>
    shape(winRateScaling, { comparisons: [0], temperature }, { column: [-1, 0, 1, null] }) as number[]
  for (const temperature of [0.1, 1]) {
    const [low, middle, high, none] = run(temperature)
    expect(middle).toBeCloseTo(Math.exp(0.5 / temperature), 10)
    expect(low).toBeLessThan(middle!)
    expect(high).toBeGreaterThan(middle!)
    expect(none).toBeNull()
  }
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
