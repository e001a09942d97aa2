import { describe, expect, it } from 'vitest'
import { measure, reproduction } from './reproduce.ts'

describe('MiCRo', () => {
  it('serves opposed groups after 30 labels, and not after 30 coin flips', async () => {
    const quick = { presets: ['opposed'], loadBalances: [0.5], pairs: 6000 } as const
    const claim = reproduction.claims.find(({ name }) => name === 'opposed groups')!
    const honest = await measure(100, quick)
    expect(claim.holds([honest])).toBe(true)
    expect(honest['opposed, group unknown']!).toBeLessThan(0.6)
    expect(claim.holds([await measure(100, { ...quick, shuffled: true })])).toBe(false)
  }, 60_000)
})
