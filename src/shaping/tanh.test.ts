import fc from 'fast-check'
import { expect, test } from 'vitest'
import { raggedColumnOf } from '../records/column.ts'
import { preferenceAsReward } from './preference-as-reward.ts'
import { applyShaping, checkShaping, shape } from './shaping.contract.ts'
import { tanh } from './tanh.ts'

checkShaping(tanh)

test('the relative form is 2·preference-as-reward − 1 with k = 2', () => {
  const numbers = fc.double({ min: -8, max: 8, noNaN: true })
  fc.assert(
    fc.property(numbers, fc.array(numbers, { minLength: 1 }), (reward, references) => {
      const input = { column: [reward], inputs: { references: [references] } }
      const [relative] = shape(tanh, { relative: true, references: 5 }, input) as number[]
      const [preference] = shape(preferenceAsReward, { k: 2, references: 5 }, input) as number[]
      expect(relative).toBeCloseTo(2 * preference! - 1, 12)
    }),
  )
})

test('step rewards cannot be compared with references', () => {
  const steps = raggedColumnOf('step', [[1, 2]])
  const inputs = { references: raggedColumnOf('step', [[1]]) }
  expect(() => applyShaping(tanh, { relative: true }, steps, { inputs })).toThrow(/one score a rollout/)
})
