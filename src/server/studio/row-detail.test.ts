import { expect, test } from 'vitest'
import { parseRollout } from '../../records/rollout.ts'
import { createReward } from '../../reward/score.ts'
import type { RewardSpec } from '../../reward/spec.ts'
import type { StoredRow } from '../../store/store.ts'
import { explainStored, rowDetailOf } from './row-detail.ts'
import { rowDetail } from './schemas.ts'

const spec: RewardSpec = {
  name: 'stateful',
  signals: { right: { use: 'math-answer' }, words: { use: 'length', unit: 'words' } },
  shape: { words: { use: 'running-mean-std' } },
  combine: { use: 'weighted-sum', weights: { right: 1, words: -0.1 } },
  advantage: { use: 'grpo' },
}

/** Rows as they were stored, with numbers that a second scoring cannot come to: the state moved on since. */
function storedRows(digest: string): StoredRow[] {
  return [0, 1, 2].map((sequence) => ({
    sequence,
    batch: 'b_1',
    protocol: 'guerdon',
    specDigest: digest,
    receivedAt: 1,
    repeats: 0,
    rollout: parseRollout({
      id: 'same',
      group: 'g',
      prompt: '1+1?',
      completion: `\\boxed{${sequence}}`,
      reference: '2',
    }),
    scores: {
      id: 'same',
      group: 'g',
      reward: 0.7 + sequence,
      advantage: sequence - 1,
      columns: { right: sequence === 2 ? 1 : 0, words: 1 },
      stages: { 'words/1 running-mean-std': 3.5 },
      reasons: { words: 'stored reason' },
    },
  }))
}

test('stored numbers win, evidence is added, also where ids are not unique', async () => {
  const reward = await createReward(spec)
  try {
    const rows = storedRows(reward.plan.digest)
    const explanation = await explainStored(reward, rows[2]!, rows)
    const detail = rowDetail.parse(
      rowDetailOf({ row: rows[2]!, siblings: rows, neighbours: [], spec, explanation }),
    )
    expect(detail.explained).toBe(true)
    const [right, words] = detail.signals
    expect(right).toMatchObject({ name: 'right', value: 1, method: 'math-answer', reason: null })
    expect(JSON.stringify(right!.evidence)).toContain('"2"')
    expect(words).toMatchObject({
      value: 1,
      reason: 'stored reason',
      shaping: [{ method: 'running-mean-std', value: 3.5 }],
    })
    expect(words!.shaping[0]!.formula).toBeTruthy()
    expect(detail.reward.value).toBe(2.7)
    expect(detail.advantage).toMatchObject({ value: 1, method: 'grpo' })
    expect(detail.siblings.map(({ sequence }) => sequence)).toEqual([2, 1, 0])
  } finally {
    await reward.close()
  }
})

test('another spec is served: the stored numbers alone', async () => {
  const reward = await createReward(spec)
  try {
    const rows = storedRows('an older digest')
    const explanation = await explainStored(reward, rows[0]!, rows)
    expect(explanation).toBeUndefined()
    const detail = rowDetail.parse(
      rowDetailOf({ row: rows[0]!, siblings: rows, neighbours: [], spec: undefined, explanation }),
    )
    expect(detail.explained).toBe(false)
    expect(
      detail.signals.map(({ name, value, method, evidence }) => [name, value, method, evidence]),
    ).toEqual([
      ['right', 0, null, null],
      ['words', 1, null, null],
    ])
    expect(detail.signals[1]!.shaping).toMatchObject([
      { method: 'running-mean-std', value: 3.5, reason: null },
    ])
    expect(detail.combine).toBeNull()
  } finally {
    await reward.close()
  }
})
