import { describe, expect, it } from 'vitest'
import { measure, reproduction } from './reproduce.ts'

describe('paper 25', () => {
  const { holds } = reproduction.claims.find(({ name }) => name === 'matched data')!

  it('has regression ahead with precise ratings and behind elsewhere, and never with shuffled ones', async () => {
    const options = { singleOnly: true }
    const seeds = [await measure(100, options), await measure(101, options)]
    expect(holds(seeds)).toBe(true)
    expect(holds([await measure(100, { ...options, sabotaged: true })])).toBe(false)
  })
})
