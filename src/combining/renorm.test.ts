import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { combine, combineColumn, expectClose } from './named-lists.contract.ts'
import { renorm, renormTrajectory } from './renorm.ts'

const names = { process: 'judge', outcome: 'correct' }
const share = fc.double({ min: 0, max: 1, noNaN: true })
const turns = fc.array(share, { minLength: 1, maxLength: 8 })

describe('renormTrajectory', () => {
  test('the outcome decides the sign of every turn', () => {
    fc.assert(
      fc.property(turns, (process) => {
        for (const reward of renormTrajectory(process, 0, 1).normalised) expect(reward).toBeLessThanOrEqual(0)
        for (const reward of renormTrajectory(process, 1, 1).normalised)
          expect(reward).toBeGreaterThanOrEqual(0)
      }),
      { numRuns: 10_000 },
    )
  })

  test('any right trajectory beats any wrong one, which the plain sum does not give', () => {
    fc.assert(
      fc.property(turns, turns, (right, wrong) => {
        expect(renormTrajectory(right, 1, 1).renormReturn).toBeGreaterThanOrEqual(1)
        expect(renormTrajectory(wrong, 0, 1).renormReturn).toBeLessThanOrEqual(0)
      }),
      { numRuns: 10_000 },
    )
    expect(renormTrajectory([1, 1], 0, 1).naiveReturn).toBeGreaterThan(
      renormTrajectory([0], 1, 1).naiveReturn,
    )
  })

  test('the return is the plain sum with the outcome counted T + 1 times, less T', () => {
    fc.assert(
      fc.property(turns, share, (process, outcome) => {
        const { naiveReturn, renormReturn } = renormTrajectory(process, outcome, 1)
        expectClose(renormReturn, naiveReturn + process.length * (outcome - 1), 1e-12)
      }),
    )
  })
})

describe('renorm', () => {
  test('token rewards add up to the return, wherever the turns end', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(share, fc.integer({ min: 1, max: 5 })), { minLength: 1, maxLength: 5 }),
        fc.nat({ max: 4 }),
        share,
        fc.constantFrom(0 as const, 1 as const),
        (steps, answer, outcome, constant) => {
          const process = steps.map(([judge]) => judge)
          const lengths = steps.map(([, tokens]) => tokens)
          const { values } = combineColumn(
            renorm,
            { ...names, constant },
            {
              columns: { judge: [process], correct: [outcome] },
              inputs: { stepTokens: [lengths], length: [lengths.reduce((a, b) => a + b, answer)] },
            },
          )
          const total = values.reduce((a, b) => a + b, 0)
          expectClose(total, renormTrajectory(process, outcome, constant).renormReturn, 1e-12)
        },
      ),
    )
  })

  test('an unjudged turn gets 0 and says why, or makes the rollout invalid', () => {
    const input = {
      columns: { judge: [[null, 1]], correct: [1] },
      inputs: { stepTokens: [[1, 1]], length: [3] },
    }
    const column = combineColumn(renorm, names, input)
    expect(Array.from(column.values)).toEqual([0, 1, 1])
    expect(column.reasons?.[0]).toBe('judge: no value')
    const refused = combineColumn(renorm, { ...names, onInvalid: 'invalid' }, input)
    expect(Array.from(refused.valid)).toEqual([0, 0, 0])
  })

  test('turns that do not fit the completion are refused', () => {
    const refused = (stepTokens: number[], length: number | null) =>
      combineColumn(renorm, names, {
        columns: { judge: [[1, 1]], correct: [1] },
        inputs: { stepTokens: [stepTokens], length: [length] },
      }).reasons?.[0]
    expect(refused([2, 2], 3)).toBe('turns of 4 tokens in a completion of 3')
    expect(refused([0, 2], 3)).toBe('turn 1 has no tokens')
    expect(refused([1], 3)).toBe('judge: 2 judgements for 1 turns')
    expect(refused([1, 1], null)).toBe('length: unknown')
  })

  test('without a constant a turn costs nothing', () => {
    const columns = { judge: [[0.5]], correct: [1] }
    const inputs = { stepTokens: [[1]], length: [2] }
    expect(combine(renorm, { ...names, constant: 0 }, columns, inputs)).toEqual([[1.5, 1]])
  })
})
