import fc from 'fast-check'
import { expect, it } from 'vitest'
import { confidenceVote } from './confidence-vote.ts'

it('votes by count, by the highest confidence and by their sum', () => {
  const vote = confidenceVote(['A', 'B', 'A', 'C', 'B', 'B'], [0.906, 0.868, 0.224, 0.551, 0.394, 0.196])
  expect(vote).toMatchObject({ majority: 'B', maxConfidence: 'A', weightedMajority: 'B' })
  expect(vote.weights.get('A')).toBeCloseTo(1.13, 12)
})

it('prefers the answer seen first among equals, whatever it is called', () => {
  const vote = confidenceVote(['constructor', '__proto__'], [0.5, 0.5])
  expect(vote).toMatchObject({
    majority: 'constructor',
    maxConfidence: 'constructor',
    weightedMajority: 'constructor',
  })
})

it('refuses to vote on nothing or with numbers that are none', () => {
  expect(() => confidenceVote([], [])).toThrow(/at least one answer/)
  expect(() => confidenceVote(['A'], [Number.NaN])).toThrow(/finite/)
})

it('equal confidences make the weighted vote the majority', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('A', 'B', 'C'), { minLength: 1 }), (answers) => {
      const vote = confidenceVote(answers, new Float64Array(answers.length).fill(0.5))
      expect(vote.weightedMajority).toBe(vote.majority)
    }),
  )
})
