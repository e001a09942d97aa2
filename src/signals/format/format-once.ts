/**
 * Whether a completion consists of the required blocks, each opened exactly once and in order. Range {0, 1}. The
 * format reward of R1-Reward with its defaults; other tags and looser gaps fit other layouts.
 */
import { z } from 'zod'
import { defineSignal } from '../../kinds/signal.ts'
import { byCompletion } from '../by-completion.ts'
import { countOccurrences } from '../verifiers/dialects/python-text.ts'

export type Gap = 'nothing' | 'white-space' | 'anything'

const space = /\s*/y

function skipSpace(text: string, from: number): number {
  space.lastIndex = from
  space.exec(text)
  return space.lastIndex
}

/**
 * Whether a text is the blocks `<tag>…</tag>` in the given order, every opening tag exactly once, with at most `gap`
 * before, between and after them. A block ends at its first closing tag.
 * Source: R1-Reward (arXiv 2505.02835), `math_verifier_mllm.py`, `verify_format`.
 *
 * @example hasBlocksOnce('<think>a</think><answer>1</answer>', ['think', 'answer'], 'nothing') // true
 */
export function hasBlocksOnce(text: string, tags: readonly string[], gap: Gap): boolean {
  let at = 0
  for (const tag of tags) {
    const open = `<${tag}>`
    if (countOccurrences(text, open) !== 1) return false
    if (gap === 'white-space') at = skipSpace(text, at)
    const start = gap === 'anything' ? text.indexOf(open, at) : text.startsWith(open, at) ? at : -1
    if (start === -1) return false
    const close = `</${tag}>`
    const end = text.indexOf(close, start + open.length)
    if (end === -1) return false
    at = end + close.length
  }
  if (gap === 'white-space') at = skipSpace(text, at)
  return gap === 'anything' || at === text.length
}

export const formatOnce = defineSignal({
  name: 'format-once',
  summary: 'Whether the completion consists of the required blocks in order, each opened exactly once.',
  paper: { slug: '33-r1-reward', title: 'R1-Reward', source: 'section 4, verify_format' },
  formula: '1 if the whole text is <think>…</think><answer>…</answer>, each opened once, else 0',
  range: '{0, 1}',
  grain: 'rollout',
  aliases: ['verify_format', 'format check', 'lmm-r1 format'],
  parameters: z.object({
    tags: z
      .array(z.string().min(1))
      .min(1)
      .default(['think', 'answer'])
      .describe('names of the required blocks in their order, without angle brackets'),
    gap: z
      .enum(['nothing', 'white-space', 'anything'])
      .default('nothing')
      .describe('what may stand before, between and after the blocks'),
  }),
  examples: [
    {
      title: 'the exact form, a second block, and a line break between',
      input: {
        rollouts: [
          { completion: '<think>a</think><answer>1</answer>' },
          { completion: '<think>a</think><think>b</think><answer>1</answer>' },
          { completion: '<think>a</think>\n<answer>1</answer>' },
        ],
      },
      result: [1, 0, 0],
    },
    {
      title: 'white space allowed',
      parameters: { gap: 'white-space' },
      input: { rollouts: [{ completion: '<think>a</think>\n<answer>1</answer>\n' }] },
      result: [1],
    },
  ],
  score: (batch, { tags, gap }) =>
    byCompletion(batch, (completion) => (hasBlocksOnce(completion, tags, gap) ? 1 : 0)),
})
