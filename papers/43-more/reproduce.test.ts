import { describe, expect, it } from 'vitest'
import { measure, reproduction } from './reproduce.ts'

describe('MORE', () => {
  it('lowers the calibration error of shared sources; the longest gradient is no common descent', async () => {
    const claim = (name: string) => reproduction.claims.find((own) => own.name === name)!
    const honest = await measure(100, { quick: true })
    expect(claim('least norm helps').holds([honest])).toBe(true)
    expect(claim('common descent').holds([honest])).toBe(true)
    const sabotaged = await measure(100, { quick: true, sabotaged: true })
    expect(claim('common descent').holds([sabotaged])).toBe(false)
  }, 60_000)
})
