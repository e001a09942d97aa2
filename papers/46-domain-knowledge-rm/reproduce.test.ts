import { describe, expect, it } from 'vitest'
import { measure, reproduction } from './reproduce.ts'

describe('domain features', () => {
  const claim = (name: string) => reproduction.claims.find((own) => own.name === name)!
  const sizes = [20, 40, 80, 160, 400]

  it('need five times fewer pairs than text, and exchanged features do not', async () => {
    const honest = await measure(100, { quick: true, sizes })
    expect(claim('fewer pairs').holds([honest])).toBe(true)
    expect(claim('better when few').holds([honest])).toBe(true)
    expect(claim('better policy').holds([honest])).toBe(true)
    const permuted = await measure(100, { quick: true, sizes, permuted: true })
    expect(claim('fewer pairs').holds([permuted])).toBe(false)
  }, 60_000)
})
