/**
 * RLCR: the completion states a confidence after its answer and is paid for being right and for being honest about
 * doubt. Weights are those of the authors' code; a malformed completion gets 0. The advantage does not divide by the
 * group's deviation, which would change the incentive prompt by prompt. Source: paper 54, configs/Qwen-7B.
 */
import { definePreset } from '../../kinds/preset.ts'

export const rlcr = definePreset({
  name: 'rlcr',
  summary: 'Correctness plus a Brier score of the stated confidence, for factual answers in tags.',
  paper: { slug: '54-rlcr', title: 'Beyond Binary Rewards (RLCR)', source: 'reward_fns.py; configs/Qwen-7B' },
  fragment: {
    signals: {
      correct: { use: 'exact-match', from: 'answer-tag', normalise: 'qa' },
      confidence: { use: 'stated-confidence' },
      format: { use: 'tagged-format', pattern: 'tabc' },
    },
    combine: {
      use: 'proper-score',
      correct: 'correct',
      confidence: 'confidence',
      format: 'format',
      rule: 'brier',
      formatWeight: 0.5,
      correctnessWeight: 0.5,
      scoreWeight: 0.5,
      offset: 1,
    },
    advantage: { use: 'dr-grpo' },
  },
})
