import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RecentStatistics } from './recent-statistics.ts'

describe('RecentStatistics', () => {
  it('gives what two passes over the last batches give', () => {
    const number = fc.double({ min: -1e6, max: 1e6, noNaN: true })
    const batches = fc.array(fc.array(number, { maxLength: 8 }), { minLength: 1, maxLength: 9 })
    fc.assert(
      fc.property(batches, fc.integer({ min: 1, max: 5 }), (all, most) => {
        const recent = new RecentStatistics(most)
        for (const batch of all) {
          recent.begin()
          for (const value of batch) recent.add('x', value)
        }
        const kept = all.slice(-most).flat()
        const found = recent.of('x')
        if (kept.length === 0) {
          expect(found).toBeUndefined()
          return
        }
        const mean = kept.reduce((sum, value) => sum + value, 0) / kept.length
        const variance = kept.reduce((sum, value) => sum + (value - mean) ** 2, 0) / kept.length
        expect(found!.mean).toBeCloseTo(mean, 6)
        expect(found!.std).toBeCloseTo(Math.sqrt(variance), 4)
      }),
    )
  })

  it('keeps the spread of numbers far from 0', () => {
    const recent = new RecentStatistics(2)
    for (const value of [1e9, 1e9 + 2]) {
      recent.begin()
      recent.add('x', value)
    }
    expect(recent.of('x')).toEqual({ mean: 1e9 + 1, std: 1 })
  })

  it('forgets names with their last batch', () => {
    const recent = new RecentStatistics(1)
    recent.begin()
    recent.add('old', 1)
    expect(recent.names).toEqual(['old'])
    recent.begin()
    recent.add('new', 1)
    expect(recent.names).toEqual(['new'])
    expect(recent.of('old')).toBeUndefined()
  })
})
