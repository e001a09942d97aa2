import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { estimatesOf, movedEstimates, NO_ESTIMATES, parseEstimates } from './pass-rate-estimates.ts'

const rates = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 })
function summary(values: number[]) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { groups: values.length, mean: values.length === 0 ? 0 : Math.min(mean, 1), squares }
}

describe('running pass rates', () => {
  it('are the normalised exponential averages for batches of one size', () => {
    const steps = [
      [0.1, 0.5, 0.9],
      [0.2, 0.2, 0.8],
      [1, 0, 1],
    ].map(summary)
    const decay = 0.7
    const state = steps.reduce((before, step) => movedEstimates(before, step, decay), NO_ESTIMATES)
    const weights = [decay ** 2, decay, 1]
    const total = weights.reduce((a, b) => a + b)
    const average = (of: (step: (typeof steps)[number]) => number) =>
      steps.reduce((sum, step, index) => sum + weights[index]! * of(step), 0) / total
    expect(state.mean).toBeCloseTo(
      average(({ mean }) => mean),
      12,
    )
    expect(state.variance).toBeCloseTo(
      average(({ squares }) => squares / 2),
      12,
    )
  })

  it('stay in [0, 1], survive JSON, and a decay of 0 keeps the last batch', () => {
    fc.assert(
      fc.property(fc.array(rates), fc.double({ min: 0, max: 1, noNaN: true }), (batches, decay) => {
        const steps = batches.map(summary)
        const state = steps.reduce((before, step) => movedEstimates(before, step, decay), NO_ESTIMATES)
        expect(parseEstimates(JSON.parse(JSON.stringify(state)))).toEqual(state)
        expect(state.variance).toBeLessThanOrEqual(0.5 + 1e-12)
        const last = steps.findLast(({ groups }) => groups > 1)
        const forgotten = steps
          .filter(({ groups }) => groups > 1)
          .reduce((before, step) => movedEstimates(before, step, 0), NO_ESTIMATES)
        if (last !== undefined) expect(estimatesOf(forgotten).mean).toBeCloseTo(last.mean, 12)
      }),
    )
  })

  it('an empty batch changes nothing, a single group no variance', () => {
    const state = movedEstimates(NO_ESTIMATES, summary([0.2, 0.4]), 0.9)
    expect(movedEstimates(state, summary([]), 0.9)).toEqual(state)
    expect(movedEstimates(state, summary([0.9]), 0.9).variance).toBe(state.variance)
    expect(estimatesOf(movedEstimates(NO_ESTIMATES, summary([0.9]), 0.9))).toEqual({ mean: 0, variance: 1 })
  })

  it('refuses a damaged state', () => {
    expect(() => parseEstimates({ groups: 1 })).toThrow(/damaged/)
    expect(() => parseEstimates({ groups: 1, freedom: 0, mean: 2, variance: 0 })).toThrow(/damaged/)
  })
})
