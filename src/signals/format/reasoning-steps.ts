/**
 * How visibly a completion goes step by step: a third for each marker of a step, up to 1. Range [0, 1]. A crude
 * encouragement; it counts words and signs and is easy to please with lists.
 */
import { z } from 'zod'
import { defineSignal } from '../../kinds/signal.ts'
import { byCompletion } from '../by-completion.ts'

// A numbered item counts at the start of the text only, as in the original.
const marker = /Step \p{Nd}+:|^\p{Nd}+\.|\n-|\n\*|First,|Second,|Next,|Finally,/gu

/**
 * Number of step markers: `Step 1:`, a number and a dot at the start of the text, list items, `First,` and the like.
 * Source: open-r1 `rewards.py`, `reasoning_steps_reward`.
 */
export function countSteps(completion: string): number {
  return completion.match(marker)?.length ?? 0
}

/**
 * min(1, markers / wanted).
 *
 * @example stepShare('First, a. Second, b.') // 2/3
 */
export function stepShare(completion: string, wanted = 3): number {
  return Math.min(1, countSteps(completion) / wanted)
}

export const reasoningSteps = defineSignal({
  name: 'reasoning-steps',
  summary:
    'How visibly the completion goes step by step, by counting markers such as "Step 1:" and list items.',
  paper: { slug: '00-verifiers', title: 'Rule-based rewards', source: 'open-r1 reasoning_steps_reward' },
  formula: 'min(1, markers / wanted)',
  range: '[0, 1]',
  grain: 'rollout',
  aliases: ['reasoning_steps_reward'],
  parameters: z.object({
    wanted: z.number().int().positive().default(3).describe('number of markers that earn the full reward'),
  }),
  examples: [
    {
      title: 'two markers, and more than enough',
      input: {
        rollouts: [{ completion: 'First, a. Second, b.' }, { completion: 'Plan:\n- a\n- b\n- c\n- d' }],
      },
      result: [2 / 3, 1],
    },
  ],
  score: (batch, { wanted }) => byCompletion(batch, (completion) => stepShare(completion, wanted)),
})
