import { describe, expect, it } from 'vitest'
import { measure } from './reproduce.ts'

describe('paper 17', () => {
  it('has members of one pretraining agree more, a mean that keeps the length, and no gain from copies', async () => {
    const options = { only: ['150 pairs'], prompts: 60, most: 32 }
    const found = await measure(100, options)
    const of = (name: string): number => found[`150 pairs: ${name}`]!
    expect(of('rank agreement, same pretraining')).toBeGreaterThan(of('rank agreement, other pretraining'))
    expect(of('length, pretrain mean, n 16')).toBeGreaterThan(0.9 * of('length, single, n 16'))
    expect(of('length is a shared hack')).toBe(1)
    expect(of('gold, pretrain mean, n 16')).not.toBe(of('gold, single, n 16'))
    const copies = await measure(100, { ...options, sabotaged: true })
    expect(copies['150 pairs: gold, pretrain mean, n 16']).toBeCloseTo(
      copies['150 pairs: gold, single, n 16']!,
      9,
    )
    expect(copies['150 pairs: rank agreement, same pretraining']).toBeCloseTo(1, 9)
  })
})
