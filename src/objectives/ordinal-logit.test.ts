import { expect, test } from 'vitest'
import { compile } from '../engine/compile.ts'
import { maskedRegression } from './masked-regression.ts'
import { evaluateObjective } from './objective.ts'
import { increasingThresholds, ordinalLogit } from './ordinal-logit.ts'
import { processTwoClass } from './process-two-class.ts'
import { ratingCrossEntropy } from './rating-cross-entropy.ts'

test('the probabilities of all ratings sum to 1, also for rewards far away and thresholds close together', async () => {
  const rewards = [-800, -3, 0, 3, 40]
  const { parts } = await evaluateObjective(ordinalLogit, {
    rewards,
    thresholds: [-1, -1 + 1e-9, 2],
    rating: [0, 1, 2, 3, 3],
  })
  rewards.forEach((_, row) => {
    const own = parts.probability!.slice(4 * row, 4 * row + 4)
    expect(own.every((p) => p >= 0)).toBe(true)
    expect(own.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12)
  })
})

test('free numbers become increasing thresholds', async () => {
  const program = await compile({ raw: { shape: [4], dtype: 'float64' } }, ({ raw }) => ({
    thresholds: increasingThresholds(raw),
  }))
  const { values } = (await program.run({ raw: [-2, -30, 0, 5] })).thresholds
  expect(values[0]).toBe(-2)
  for (let place = 1; place < 4; place++) expect(values[place]).toBeGreaterThan(values[place - 1]!)
})

test('refuses labels that are no rating and thresholds that fall', async () => {
  const values = { rewards: [0, 1], thresholds: [0, 1] }
  await expect(evaluateObjective(ordinalLogit, { ...values, rating: [0, 3] })).rejects.toThrow('0 to 2')
  await expect(
    evaluateObjective(ordinalLogit, { rewards: [0], thresholds: [1, 1], rating: [0] }),
  ).rejects.toThrow('must increase')
  await expect(evaluateObjective(ratingCrossEntropy, { logits: [[0, 1]], rating: [2] })).rejects.toThrow(
    '0 to 1',
  )
  await expect(evaluateObjective(processTwoClass, { logits: [[[0, 1]]], labels: [[5]] })).rejects.toThrow(
    '0 to 1, or -100',
  )
  await expect(evaluateObjective(maskedRegression, { prediction: [[1]], label: [[-100]] })).rejects.toThrow(
    'no attribute of any row is rated',
  )
})
