import { describe, expect, it } from 'vitest'
import { irreducibleError } from './irreducible-error.ts'

describe('irreducibleError', () => {
  it('measures what the mixture removes, with a paired interval', () => {
    const found = irreducibleError([0.5, 0.5, 0.5, 0.5], [0.8, 0.9, 0.7, 0.4])
    const mixture = -(Math.log(0.8) + Math.log(0.9) + Math.log(0.7) + Math.log(0.4)) / 4
    expect(found.single).toBeCloseTo(Math.LN2, 12)
    expect(found.removed).toBeCloseTo(Math.LN2 - mixture, 12)
    expect(found.interval[0]).toBeLessThan(found.removed)
    expect(found.interval[1]).toBeGreaterThan(found.removed)
  })

  it('stays finite for a model that was certain and wrong', () => {
    expect(irreducibleError([0.5], [0]).mixture).toBeLessThan(30)
  })

  it('refuses what is no probability', () => {
    expect(() => irreducibleError([0.5], [1.5])).toThrow(/pair 0/)
    expect(() => irreducibleError([], [])).toThrow(/0 and 0/)
  })
})
