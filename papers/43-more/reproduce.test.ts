import { describe, expect, it } from 'vitest'
import { measure, reproduction } from './reproduce.ts'

describe('MORE', () => {
  it('keeps the calibration of shared sources, and not with sources named at random', async () => {
    const claim = (name: string) => reproduction.claims.find((own) => own.name === name)!
    const honest = await measure(100, { quick: true })
    expect(claim('least norm helps').holds([honest])).toBe(true)
    expect(claim('common descent').holds([honest])).toBe(true)
    const sabotaged = await measure(100, { quick: true, sabotaged: true })
    expect(claim('least norm helps').holds([sabotaged])).toBe(false)
    expect(claim('common descent').holds([sabotaged])).toBe(false)
  }, 60_000)
})
