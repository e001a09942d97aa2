import fc from 'fast-check'
import { expect, test } from 'vitest'
import { preferenceStrength } from './preference-strength.ts'

const scores = fc
  .record({ members: fc.integer({ min: 1, max: 5 }), size: fc.integer({ min: 0, max: 6 }) })
  .chain(({ members, size }) => {
    const matrix = fc.array(
      fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: size, maxLength: size }),
      { minLength: members, maxLength: members },
    )
    return fc.record({ chosen: matrix, rejected: matrix })
  })

test('exchanging chosen and rejected turns the sign of the mean and keeps the deviation', () => {
  fc.assert(
    fc.property(scores, ({ chosen, rejected }) => {
      const one = preferenceStrength(chosen, rejected)
      const other = preferenceStrength(rejected, chosen)
      for (let pair = 0; pair < one.mean.length; pair++) {
        expect(other.mean[pair]! + one.mean[pair]!).toBeCloseTo(0, 12)
        expect(other.std[pair]).toBeCloseTo(one.std[pair]!, 12)
      }
    }),
  )
})

test('an added constant on both sides changes nothing, a copied member neither', () => {
  fc.assert(
    fc.property(scores, fc.integer({ min: -9, max: 9 }), ({ chosen, rejected }, shift) => {
      const one = preferenceStrength(chosen, rejected)
      const moved = (rows: number[][]) => rows.map((row) => row.map((value) => value + shift))
      const other = preferenceStrength([...moved(chosen), ...chosen], [...moved(rejected), ...rejected])
      for (let pair = 0; pair < one.mean.length; pair++) {
        expect(other.mean[pair]).toBeCloseTo(one.mean[pair]!, 9)
        expect(other.std[pair]).toBeCloseTo(one.std[pair]!, 9)
      }
    }),
  )
})

test('refuses scores that do not belong together', () => {
  expect(() => preferenceStrength([], [])).toThrow('at least one member')
  expect(() => preferenceStrength([[1]], [[1], [2]])).toThrow('1 and 2 members')
  expect(() => preferenceStrength([[1], [1, 2]], [[1], [2]])).toThrow('member 1')
  expect(() => preferenceStrength([[Number.NaN]], [[1]])).toThrow('pair 0')
})
