/**
 * Whether a completion opens with one reasoning block. Range {0, 1}. Use it to teach a policy to think before it
 * answers; what follows the block is free.
 */
import { z } from 'zod'
import { defineSignal } from '../../kinds/signal.ts'
import { byCompletion } from '../by-completion.ts'

/**
 * Whether a text starts with `<tag>`, never opens it again and closes it.
 * Source: trl `rewards/format_rewards.py`, `think_format_reward`.
 *
 * @example hasThinkFormat('<think>2 + 2</think>4') // true
 */
export function hasThinkFormat(completion: string, tag = 'think'): boolean {
  const open = `<${tag}>`
  return (
    completion.startsWith(open) &&
    completion.indexOf(open, open.length) === -1 &&
    completion.includes(`</${tag}>`)
  )
}

export const thinkFormat = defineSignal({
  name: 'think-format',
  summary: 'Whether the completion starts with a single closed reasoning block.',
  paper: { slug: '00-verifiers', title: 'Rule-based rewards', source: 'trl think_format_reward' },
  formula: '1 if the text starts with <think>, has no second <think> and has a </think>, else 0',
  range: '{0, 1}',
  grain: 'rollout',
  aliases: ['format reward', 'think_format_reward', 'reasoning format'],
  parameters: z.object({
    tag: z.string().min(1).default('think').describe('name of the reasoning tag, without angle brackets'),
  }),
  examples: [
    {
      title: 'closed, unclosed and late reasoning',
      input: {
        rollouts: [
          { completion: '<think>2 + 2</think>4' },
          { completion: '<think>2 + 2' },
          { completion: 'So: <think>2 + 2</think>4' },
        ],
      },
      result: [1, 0, 0],
    },
  ],
  score: (batch, { tag }) => byCompletion(batch, (completion) => (hasThinkFormat(completion, tag) ? 1 : 0)),
})
