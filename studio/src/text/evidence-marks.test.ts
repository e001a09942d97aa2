import { expect, test } from 'vitest'
import { parseRollout } from '../../../src/records/rollout.ts'
import { explain } from '../../../src/reward/explain.ts'
import { createReward } from '../../../src/reward/score.ts'
import { evidenceMarks } from './evidence-marks.ts'

test('the answer that the math verifier took is marked in the completion', async () => {
  const completion = 'First 22 + 52. So the answer is \\boxed{74}, I think.'
  const reward = await createReward({
    name: 'math',
    signals: { correct: { use: 'math-answer', rules: ['boxed'] } },
  })
  const rollout = parseRollout({ id: 'a', prompt: '22 + 52?', completion, reference: '74' })
  const { signals } = await explain(reward, [rollout], 'a')
  const [mark] = evidenceMarks(signals[0]!.evidence, completion)
  expect(completion.slice(mark!.start, mark!.end)).toBe('\\boxed{74}')
})

test('a text that is not in the completion, or far from its position, is not marked', () => {
  expect(evidenceMarks({ text: 'absent', position: 0 }, 'here')).toEqual([])
  expect(evidenceMarks({ text: '7', position: 0 }, `${' '.repeat(300)}7`)).toEqual([])
  expect(evidenceMarks({ text: '7' }, 'a 7')).toEqual([])
  expect(evidenceMarks(null, 'a')).toEqual([])
})
