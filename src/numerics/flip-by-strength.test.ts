import fc from 'fast-check'
import { expect, test } from 'vitest'
import { flipByStrength } from './flip-by-strength.ts'

const means = fc.array(fc.integer({ min: -3, max: 3 }), { maxLength: 20 })

test('the quantile rule takes exactly the floor of its share, none weaker than what it leaves', () => {
  fc.assert(
    fc.property(means, fc.double({ min: 0, max: 1, noNaN: true }), (mean, quantile) => {
      const flip = flipByStrength(mean, { rule: 'quantile', quantile })
      const taken = mean.filter((_, pair) => flip[pair] === 1)
      const left = mean.filter((_, pair) => flip[pair] === 0)
      expect(taken).toHaveLength(Math.floor(quantile * mean.length))
      if (taken.length > 0 && left.length > 0)
        expect(Math.max(...taken)).toBeLessThanOrEqual(Math.min(...left))
    }),
  )
})

test('the negative rule keeps zero', () => {
  expect(Array.from(flipByStrength([-0.1, 0, -0, 3], { rule: 'negative' }))).toEqual([1, 0, 0, 0])
})

test('refuses what is no share and what is no number', () => {
  expect(() => flipByStrength([1], { rule: 'quantile', quantile: 1.1 })).toThrow('quantile')
  expect(() => flipByStrength([Number.NaN], { rule: 'negative' })).toThrow('value 0')
})
