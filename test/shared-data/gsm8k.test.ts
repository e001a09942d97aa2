/** The main job on GSM8K's published model solutions: our verdicts against the official ones. */
import { createReadStream, existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { Rollout } from '../../src/records/rollout.ts'
import { createReward } from '../../src/reward/score.ts'

const file = join(import.meta.dirname, '../../../shared/data/gsm8k/example_model_solutions.jsonl.gz')
const present = existsSync(file)
if (!present) console.warn('skipped: GSM8K’s model solutions are not beside the repository')

interface Solution {
  readonly is_correct: boolean
  readonly solution: string
}

const models = ['6b_finetuning', '6b_verification', '175b_finetuning', '175b_verification']

describe.skipIf(!present)('GSM8K’s published solutions', () => {
  it('get the official verdict in at least 99 % of the rows, four rollouts a question', async () => {
    const rollouts: Rollout[] = []
    const official: boolean[] = []
    for await (const line of createInterface({ input: createReadStream(file).pipe(createGunzip()) })) {
      const row = JSON.parse(line) as { question: string; ground_truth: string } & Record<string, Solution>
      const group = `q${rollouts.length / models.length}`
      for (const model of models) {
        const { solution, is_correct } = row[model]!
        const reference = row.ground_truth.slice(row.ground_truth.lastIndexOf('A: ') + 3)
        rollouts.push({
          id: `${group}-${model}`,
          group,
          prompt: row.question,
          completion: solution,
          reference,
        })
        official.push(is_correct)
      }
    }
    const rules = ['answer-tag', 'boxed', 'hashes', 'phrase', 'latex', 'last']
    const reward = await createReward({
      name: 'gsm8k',
      signals: { correct: { use: 'math-answer', rules } },
      advantage: { use: 'grpo' },
    })
    const scored = await reward.score(rollouts)
    const disagreements = rollouts.filter((_, row) => (scored.reward.values[row] === 1) !== official[row])
    console.log(`${rollouts.length - disagreements.length} of ${rollouts.length} verdicts agree`)
    expect(rollouts.length).toBe(4 * 1319)
    expect(scored.reward.valid.every((valid) => valid === 1)).toBe(true)
    expect(disagreements.length).toBeLessThanOrEqual(0.01 * rollouts.length)
    for (let group = 0; group < 1319; group++) {
      const sum = scored.advantages!.values.subarray(4 * group, 4 * group + 4).reduce((a, b) => a + b, 0)
      expect(Math.abs(sum)).toBeLessThan(1e-9)
    }
  })
})
