import { expect, test } from 'vitest'
import { bradleyTerry } from './bradley-terry.ts'
import { dpo } from './dpo.ts'
import { drawnPairs, implicitBetaDpo } from './implicit-beta-dpo.ts'
import { mmDpo } from './mm-dpo.ts'
import { evaluateObjective } from './objective.ts'

const policy = {
  policyChosen: [-4, -3, -6],
  policyRejected: [-5, -2, -6],
  referenceChosen: [-4.5, -3, -5],
  referenceRejected: [-4, -4, -7],
}

test('is Bradley–Terry on implicit rewards, and MM-DPO without growth', async () => {
  const plain = await evaluateObjective(dpo, policy)
  const rewards = await evaluateObjective(bradleyTerry, {
    chosen: Array.from(plain.parts.chosenReward!),
    rejected: Array.from(plain.parts.rejectedReward!),
  })
  expect(plain.loss).toBeCloseTo(rewards.loss, 12)
  const constant = await evaluateObjective(mmDpo, { ...policy, factor: [0.1, 0.5, 0.9] }, { growth: 0 })
  expect(constant.loss).toBeCloseTo(plain.loss, 12)
})

test('a β of the batch: one pair has no deviation, all pairs kept change nothing, noise decides what is drawn', async () => {
  const one = await evaluateObjective(implicitBetaDpo, {
    policyChosen: [-1],
    policyRejected: [-2],
    referenceChosen: [-1.5],
    referenceRejected: [-1.5],
    keep: [1],
  })
  expect(one.parts.beta![0]).toBeCloseTo(0.1, 12)
  const all = await evaluateObjective(implicitBetaDpo, policy)
  expect(all.loss).toBeCloseTo((await evaluateObjective(dpo, policy)).loss, 12)
  const drawn = await evaluateObjective(implicitBetaDpo, { ...policy, gumbel: [90, -90, 80] }, { share: 0.7 })
  const kept = await evaluateObjective(implicitBetaDpo, { ...policy, keep: [1, 0, 1] }, { share: 0.7 })
  expect(drawn.parts.beta![0]).toBeCloseTo(kept.parts.beta![0]!, 12)
  expect(drawnPairs(3, 0.7)).toBe(2)
  expect(drawnPairs(1, 0.5)).toBe(1)
})
