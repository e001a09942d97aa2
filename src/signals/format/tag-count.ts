/**
 * A quarter for each of the four R1 tags that occurs exactly once. Range [0, 1] in quarters. Use it where the whole
 * layout is rarely right at first, so that parts of it earn something.
 */
import { z } from 'zod'
import { defineSignal } from '../../kinds/signal.ts'
import { byCompletion } from '../by-completion.ts'
import { countOccurrences } from '../verifiers/dialects/python-text.ts'

const tags = ['<think>\n', '\n</think>\n', '\n<answer>\n', '\n</answer>']

/**
 * 0.25 · (number of tags that occur exactly once, with their line feeds; occurrences do not overlap).
 * Source: open-r1 `rewards.py`, `tag_count_reward`.
 *
 * @example tagShare('<think>\na\n</think>\n<answer>\nb') // 0.75
 */
export function tagShare(completion: string): number {
  let once = 0
  for (const tag of tags) if (countOccurrences(completion, tag) === 1) once++
  return once / tags.length
}

export const tagCount = defineSignal({
  name: 'tag-count',
  summary: 'A quarter for each of the four reasoning and answer tags that occurs exactly once on its line.',
  paper: { slug: '00-verifiers', title: 'Rule-based rewards', source: 'open-r1 tag_count_reward' },
  formula: '0.25 · Σ over the four tags of [occurs exactly once]',
  range: '{0, 0.25, 0.5, 0.75, 1}',
  grain: 'rollout',
  aliases: ['tag_count_reward'],
  parameters: z.object({}),
  examples: [
    {
      title: 'all four, three and none',
      input: {
        rollouts: [
          { completion: '<think>\na\n</think>\n<answer>\nb\n</answer>' },
          { completion: '<think>\na\n</think>\n<answer>\nb' },
          { completion: 'b' },
        ],
      },
      result: [1, 0.75, 0],
    },
  ],
  score: (batch) => byCompletion(batch, tagShare),
})
