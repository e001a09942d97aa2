import { describe, expect, it } from 'vitest'
import { measure, reproduction } from './reproduce.ts'

describe('paper 19', () => {
  const claim = (name: string) => reproduction.claims.find((candidate) => candidate.name === name)!

  it('needs a non-linear head for a product of modalities, and both sources', async () => {
    const seeds = [await measure(100, { quick: true })]
    for (const name of ['head', 'mixture', 'ensemble', 'control']) expect(claim(name).holds(seeds)).toBe(true)
  })

  it('fails without the activation and with foreign images', async () => {
    const seeds = [await measure(100, { quick: true, sabotaged: true })]
    for (const name of reproduction.sabotage.breaks) expect(claim(name).holds(seeds)).toBe(false)
    expect(Math.abs(seeds[0]!['image pairs only: grounding']! - 0.5)).toBeLessThan(0.03)
  })
})
