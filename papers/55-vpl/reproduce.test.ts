import { describe, expect, it } from 'vitest'
import { measure, reproduction } from './reproduce.ts'

describe('VPL', () => {
  it('serves opposed users from eight labels, and not from latents of the prior', async () => {
    const claim = (name: string) => reproduction.claims.find((own) => own.name === name)!
    const honest = await measure(100, { quick: true, epochs: 30 })
    expect(claim('opposed users').holds([honest])).toBe(true)
    expect(claim('latent is used').holds([honest])).toBe(true)
    expect(claim('opposed users').holds([await measure(100, { quick: true, epochs: 30, prior: true })])).toBe(
      false,
    )
  }, 60_000)
})
