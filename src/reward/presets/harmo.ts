/**
 * HARMO: a rule where the answer can be checked, a softer score elsewhere, a length target from the group's correct
 * completions, and a format reward. Which prompts are verifiable is read from the column `verifiable`. The soft column is
 * BLEU against the reference; put a reward model or an embedding similarity in its place where there is one.
 * Each of the two routed columns carries its own length penalty: a prompt's rollouts all take the same route, so the
 * correct ones of its group are those of that column. Source: paper 13, equations 1 and 3.
 */
import { definePreset } from '../../kinds/preset.ts'

export const harmo = definePreset({
  name: 'harmo',
  summary: 'Rule or soft score by prompt, plus format, with lengths held near those of correct completions.',
  paper: {
    slug: '13-hybrid-multi-aspect',
    title: 'Beyond Monolithic Rewards (HARMO)',
    source: 'equations 1 and 3',
  },
  fragment: {
    signals: {
      correct: { use: 'math-answer' },
      similar: { use: 'bleu', answer: 'tags' },
      format: { use: 'format-once' },
    },
    shape: {
      correct: [{ use: 'group-length-penalty', maxPenalty: 0.5, tolerance: 0.2 }],
      similar: [{ use: 'group-length-penalty', maxPenalty: 0.5, tolerance: 0.2 }],
    },
    combine: {
      use: 'hybrid',
      rule: 'correct',
      model: 'similar',
      verifiable: 'verifiable',
      add: { format: 1 },
    },
    advantage: { use: 'dr-grpo' },
  },
})
