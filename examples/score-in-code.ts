/** Scores three rollouts from code: what a trainer written in TypeScript would do. */
import { createReward, grpo, length, mathAnswer, parseRollout, weightedSum } from '../src/index.ts'

const reward = await createReward({
  name: 'right-and-short',
  signals: { correct: mathAnswer(), words: length({ unit: 'words' }) },
  combine: weightedSum({ weights: { correct: 1, words: -0.01 } }),
  advantage: grpo(),
})
const question = { group: 'q1', prompt: 'What is 1/4 + 1/4?', reference: '0.5' }
const scored = await reward.score([
  parseRollout({ ...question, id: 'a', completion: 'It is \\boxed{\\frac{1}{2}}.' }),
  parseRollout({ ...question, id: 'b', completion: 'Add them up: \\boxed{2/8}.' }),
  parseRollout({ ...question, id: 'c', completion: 'I am not sure.' }),
])
for (const [row, { id }] of scored.rollouts.entries()) {
  const reason = scored.columns.get('correct')!.reasons?.[row] ?? ''
  console.log(id, scored.reward.values[row]!.toFixed(2), scored.advantages!.values[row]!.toFixed(2), reason)
}
await reward.close()
