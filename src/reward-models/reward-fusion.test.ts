import fc from 'fast-check'
import { expect, it } from 'vitest'
import { FusionIndex, fuseReward } from './reward-fusion.ts'

const number = fc.double({ min: -5, max: 5, noNaN: true })

it('a fused reward is a weighted average of the rewards that enter', () => {
  fc.assert(
    fc.property(
      number,
      fc.array(fc.tuple(number, fc.double({ min: 0, max: 1, noNaN: true })), { maxLength: 8 }),
      (own, near) => {
        const rewards = near.map(([reward]) => reward)
        const { reward, weights, used } = fuseReward(
          own,
          rewards,
          near.map(([, similarity]) => similarity),
          { threshold: 0.5 },
        )
        const entering = [own, ...used.map((index) => rewards[index]!)]
        expect(reward).toBeGreaterThanOrEqual(Math.min(...entering) - 1e-9)
        expect(reward).toBeLessThanOrEqual(Math.max(...entering) + 1e-9)
        expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12)
        expect(used.length).toBeLessThanOrEqual(5)
      },
    ),
  )
})

it('above a cosine of 1 nothing is fused, and a text is not its own neighbour', () => {
  expect(fuseReward(0.3, [9], [1], { threshold: 1.01 }).reward).toBe(0.3)
  const index = new FusionIndex(Float32Array.of(1, 0, 0.99, 0.1), 2, [2, 4])
  const text = Float32Array.of(1, 0)
  expect(index.fuse(text, [2], {}, Int32Array.of(0))[0]).toBeGreaterThan(2.9)
  expect(() => new FusionIndex([1, 0], 2, [1, 2])).toThrow('2 rewards for 1 texts')
})
