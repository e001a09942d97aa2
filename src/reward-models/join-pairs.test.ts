import { describe, expect, it } from 'vitest'
import { GuerdonError } from '../records/error.ts'
import { categoriesOf, pairsOfFeatures } from './encoded-pairs.ts'
import { joinPairs } from './join-pairs.ts'

const part = (source: string, from: number) =>
  pairsOfFeatures([from, from + 1], [from + 2, from + 3], 1, {
    sources: categoriesOf([source, 'both']),
    users: categoriesOf(['', source]),
  })

describe('joinPairs', () => {
  it('keeps rows in order, prompts apart and names together', () => {
    const joined = joinPairs([part('a', 0), part('b', 10)])
    expect(joined.count).toBe(4)
    expect('values' in joined.chosen && [...joined.chosen.values]).toEqual([0, 1, 10, 11])
    expect([...joined.prompts]).toEqual([0, 1, 2, 3])
    expect([...joined.sources.codes].map((code) => joined.sources.names[code])).toEqual([
      'a',
      'both',
      'b',
      'both',
    ])
    expect([...joined.users.codes]).toEqual([-1, 0, -1, 1])
  })

  it('refuses nothing and different widths', () => {
    expect(() => joinPairs([])).toThrow(GuerdonError)
    expect(() => joinPairs([part('a', 0), pairsOfFeatures([1, 2], [3, 4], 2)])).toThrow(/cannot be joined/)
  })
})
