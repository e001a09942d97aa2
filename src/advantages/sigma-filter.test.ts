import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseParameters } from '../kinds/method.ts'
import { identity, inputOf, valid } from './advantage.contract.ts'
import { sigmaFilter, sigmaFilteredAdvantages } from './sigma-filter.ts'

const described = { bound: 3, bounds: 'described' } as const

describe('sigmaFilteredAdvantages', () => {
  it('never exceeds the bound', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 1, maxLength: 60 }),
        fc.constantFrom(0.5, 1, 3),
        (list, bound) => {
          const { advantages } = sigmaFilteredAdvantages(Float64Array.from(list), valid(list.length), {
            bound,
            bounds: 'described',
          })
          for (const value of advantages) expect(Math.abs(value)).toBeLessThanOrEqual(bound)
        },
      ),
    )
  })

  it('removes the rarer outcome exactly where its share is below a tenth', () => {
    for (const failures of [1, 5, 9, 11, 20, 50]) {
      const rewards = Float64Array.from({ length: 100 }, (_, row) => (row < failures ? 0 : 1))
      const { filteredBelow, filteredAbove } = sigmaFilteredAdvantages(rewards, valid(100), described)
      expect(filteredBelow).toBe(failures < 10 ? failures : 0)
      expect(filteredAbove).toBe(0)
    }
  })

  it('as released cuts around the mean of the raw advantages, on one side when that is far from 0', () => {
    const raw = Float64Array.from({ length: 20 }, (_, row) => 10 + (row % 2))
    const released = sigmaFilteredAdvantages(raw, valid(20), { bound: 3, bounds: 'released' })
    expect(released.filteredBelow + released.filteredAbove).toBe(20)
    expect(sigmaFilteredAdvantages(raw, valid(20), described).filteredBelow).toBe(0)
  })

  it('equal advantages give 0, nothing gives nothing', () => {
    expect([...sigmaFilteredAdvantages(Float64Array.of(2, 2), valid(2), described).advantages]).toEqual([
      0, 0,
    ])
    expect(sigmaFilteredAdvantages(new Float64Array(0), valid(0), described).count).toBe(0)
  })
})

describe('sigma-filter', () => {
  it('says which share it took away on either side', () => {
    const rewards = [null, ...Array.from({ length: 20 }, (_, row) => (row === 0 ? 1 : 0))]
    const { advantages, evidence } = sigmaFilter.apply(
      inputOf(rewards, 'a'.repeat(21), { inner: identity }),
      parseParameters(sigmaFilter, {}),
    )
    expect(evidence).toMatchObject({ filteredShare: 0.05, filteredShareAbove: 0.05, filteredShareBelow: 0 })
    expect(advantages.valid[0]).toBe(0)
    expect(advantages.values[1]).toBe(0)
  })
})
