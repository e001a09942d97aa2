import fc from 'fast-check'
import { expect, test } from 'vitest'
import { WorstMistakes } from './worst-mistakes.ts'

test('the lowest margins are kept in order, the earlier of equals, and right pairs never', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -5, max: 5 })), fc.nat(4), (margins, most) => {
      const worst = new WorstMistakes(most)
      for (const [id, margin] of margins.entries()) {
        worst.add({ id: String(id), prompt: '', completions: ['a', 'b'], gold: [1, 0] }, margin, 0)
      }
      const sorted = margins
        .map((margin, id) => ({ margin, id: String(id) }))
        .filter(({ margin }) => margin < 0)
        .sort((a, b) => a.margin - b.margin || Number(a.id) - Number(b.id))
      expect(worst.list().map(({ margin, id }) => ({ margin, id }))).toEqual(sorted.slice(0, most))
    }),
  )
})
