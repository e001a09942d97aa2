import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import '../../test/seed.ts'
import { shapleyValues } from './shapley-values.ts'

describe('shapleyValues', () => {
  it('adds up to what all players gain together', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 7 }).chain((players) =>
          fc.array(fc.double({ min: -10, max: 10, noNaN: true }), {
            minLength: 2 ** players,
            maxLength: 2 ** players,
          }),
        ),
        (worth) => {
          const sum = shapleyValues(worth).reduce((total, share) => total + share, 0)
          expect(sum).toBeCloseTo(worth.at(-1)! - worth[0]!, 8)
        },
      ),
    )
  })

  it('gives an additive game its own terms and a useless player nothing', () => {
    const own = [3, -1, 0, 0.5]
    const worth = Array.from({ length: 16 }, (_, coalition) =>
      own.reduce((sum, value, player) => sum + ((coalition >> player) & 1) * value, 2),
    )
    Array.from(shapleyValues(worth)).forEach((share, player) => {
      expect(share).toBeCloseTo(own[player]!, 12)
    })
  })

  it('shares an interaction equally', () => {
    expect(Array.from(shapleyValues([0, 0, 0, 1]))).toEqual([0.5, 0.5])
  })

  it('refuses lists that are no games', () => {
    expect(() => shapleyValues([0, 1, 2])).toThrow(/3 coalitions/)
    expect(() => shapleyValues(new Float64Array(2 ** 13))).toThrow(/8192 coalitions/)
  })
})
