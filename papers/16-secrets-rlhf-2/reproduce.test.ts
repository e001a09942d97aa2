import { describe, expect, it } from 'vitest'
import { measure, reproduction } from './reproduce.ts'

describe('paper 16', () => {
  const holds = (name: string, seeds: Parameters<(typeof reproduction.claims)[0]['holds']>[0]): boolean =>
    reproduction.claims.find((claim) => claim.name === name)!.holds(seeds)

  it('finds wrong labels and keeps what it has learned, which random flips do not', async () => {
    const seeds = [await measure(100, { quick: true })]
    for (const name of ['votes', 'flip', 'best epochs', 'random flips']) expect(holds(name, seeds)).toBe(true)
    const sabotaged = [await measure(100, { quick: true, sabotaged: true })]
    for (const name of ['decay', 'flip']) expect(holds(name, sabotaged)).toBe(false)
  })
})
