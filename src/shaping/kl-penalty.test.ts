import { expect, test } from 'vitest'
import { columnOf, raggedColumnOf } from '../records/column.ts'
import { klPenalisedRewards, klPenalty } from './kl-penalty.ts'

test('the sum over tokens is the log-probability of the completion', () => {
  const inputs = {
    logprobs: raggedColumnOf('token', [[-1, -2], [-3]]),
    reference: raggedColumnOf('token', [[-2, -4], [-1]]),
  }
  const groups = { count: 1, of: new Int32Array(2) }
  const column = klPenalty.apply!(columnOf([1, 1]), { coefficient: 0.1 }, { groups, inputs })
  const expected = klPenalisedRewards([1, 1], [-3, -3], [-6, -1], 0.1)
  for (const row of [0, 1]) expect(column.values[row]).toBeCloseTo(expected[row]!, 14)
})
