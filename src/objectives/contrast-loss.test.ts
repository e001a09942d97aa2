import { expect, it } from 'vitest'
import { contrastLoss } from './contrast-loss.ts'
import { evaluateObjective } from './objective.ts'

it('is the sum of two comparisons, and finite far out', async () => {
  const inputs = { own: [1, 800], otherAnswer: [0, -800], otherInstruction: [2, 0] }
  const { loss, gradients } = await evaluateObjective(contrastLoss, inputs, { instructionWeight: 0.5 })
  const expected = (Math.log1p(Math.exp(-1)) + 0.5 * Math.log1p(Math.exp(1))) / 2
  expect(loss).toBeCloseTo(expected, 9)
  expect(Object.values(gradients).every((values) => values.every(Number.isFinite))).toBe(true)
})

it('names the input that is missing', async () => {
  await expect(evaluateObjective(contrastLoss, { own: [1], otherAnswer: [0] })).rejects.toThrow(
    'contrast-loss needs "otherInstruction"',
  )
})
