import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseParameters } from '../kinds/method.ts'
import { columnOf } from '../records/column.ts'
import { expectClose, inputOf, lettered } from './advantage.contract.ts'
import { normaliseThenSum, normaliseThenSumAdvantages } from './normalise-then-sum.ts'

const run = (
  columns: Record<string, (number | null)[]>,
  letters: string,
  parameters: Record<string, unknown>,
) =>
  normaliseThenSum.apply(
    inputOf(new Array(letters.length).fill(0), letters, {
      columns: new Map(Object.entries(columns).map(([name, values]) => [name, columnOf(values)])),
    }),
    parseParameters(normaliseThenSum, parameters),
  ).advantages

describe('normaliseThenSumAdvantages', () => {
  it('does not hear the scale and level of a reward', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 4, maxLength: 4 }),
        fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 4, maxLength: 4 }),
        (a, b) => {
          const options = {
            epsilon: 0,
            statistics: 'group',
            renormalise: false,
            single: 'zero',
            missing: 'invalid',
          } as const
          const of = (second: number[]) =>
            normaliseThenSumAdvantages([columnOf(a), columnOf(second)], [1, 0.5], lettered('aabb'), options)
              .advantages.values
          expectClose(of(b.map((value) => 8 * value - 3)), of(b))
        },
      ),
    )
  })

  it('needs one weight a reward', () => {
    expect(() =>
      normaliseThenSumAdvantages([columnOf([1])], [], lettered('a'), {
        epsilon: 0,
        statistics: 'group',
        renormalise: false,
        single: 'zero',
        missing: 'skip',
      }),
    ).toThrow(/0 weights/)
  })
})

describe('normalise-then-sum', () => {
  it('a group of one is invalid in Pref-GRPO’s dialect and 0 in TRL’s', () => {
    const weights = { a: 1 }
    const pref = run({ a: [5, 1, 0] }, 'abb', { weights, renormalise: false })
    expect([...pref.valid]).toEqual([0, 1, 1])
    expect(pref.reasons?.[0]).toMatch(/group of one/)
    const trl = run({ a: [5, 1, 0] }, 'abb', { weights, renormalise: false, dialect: 'trl' })
    expect([...trl.valid]).toEqual([1, 1, 1])
    expect(trl.values[0]).toBe(0)
  })

  it('statistics of the batch compare groups with one another', () => {
    const batch = run({ a: [0, 0, 1, 1] }, 'aabb', {
      weights: { a: 1 },
      statistics: 'batch',
      renormalise: false,
    })
    expect(batch.values[2]).toBeGreaterThan(0)
    const group = run({ a: [0, 0, 1, 1] }, 'aabb', { weights: { a: 1 }, renormalise: false })
    expect([...group.values]).toEqual([0, 0, 0, 0])
  })

  it('is standardised over the batch and clipped when asked', () => {
    const rewards = { a: Array.from({ length: 32 }, (_, row) => (row === 0 ? 1 : 0)) }
    const letters = 'a'.repeat(32)
    const whole = run(rewards, letters, { weights: { a: 1 } })
    expect(whole.values.reduce((a, b) => a + b, 0)).toBeCloseTo(0, 9)
    expect(whole.values[0]).toBeGreaterThan(5)
    expect(run(rewards, letters, { weights: { a: 1 }, clip: 5 }).values[0]).toBe(5)
  })
})
