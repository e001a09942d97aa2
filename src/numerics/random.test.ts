import { describe, expect, it } from 'vitest'
import { RandomStream } from './random.ts'

describe('RandomStream', () => {
  it('gives the published numbers of xoshiro128** for the state 1, 2, 3, 4', () => {
    const stream = new RandomStream([1, 2, 3, 4])
    const drawn = Array.from({ length: 10 }, () => stream.integer32())
    expect(drawn).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ])
  })

  it('continues from its state, and differs by seed', () => {
    const stream = new RandomStream(7)
    stream.uniform()
    const copy = new RandomStream(JSON.parse(JSON.stringify(stream.state())))
    expect(copy.uniform()).toBe(stream.uniform())
    expect(new RandomStream(8).uniform()).not.toBe(new RandomStream(7).uniform())
  })

  it('derives streams by seed and name, whatever was drawn before', () => {
    const stream = new RandomStream(7)
    const before = stream.derive('noise').uniform()
    stream.uniform()
    expect(stream.derive('noise').uniform()).toBe(before)
    expect(stream.derive('other').uniform()).not.toBe(before)
    expect(new RandomStream(8).derive('noise').uniform()).not.toBe(before)
  })

  it('is uniform: 16 cells of 160,000 draws, χ² below its 99.99 % quantile', () => {
    const stream = new RandomStream(1)
    for (const draw of [() => Math.floor(16 * stream.uniform()), () => stream.below(16)]) {
      const counts = new Float64Array(16)
      for (let count = 0; count < 160_000; count++) counts[draw()]!++
      const chiSquare = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0)
      expect(chiSquare).toBeLessThan(44.3)
    }
  })

  it('is normal: mean 0, variance 1, and shuffles keep every item', () => {
    const stream = new RandomStream(2)
    const draws = Array.from({ length: 100_000 }, () => stream.normal())
    const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length
    const variance = draws.reduce((sum, value) => sum + (value - mean) ** 2, 0) / draws.length
    expect(Math.abs(mean)).toBeLessThan(0.015)
    expect(Math.abs(variance - 1)).toBeLessThan(0.02)
    expect(stream.shuffle([1, 2, 3, 4, 5]).sort()).toEqual([1, 2, 3, 4, 5])
  })
})
