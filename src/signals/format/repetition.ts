/**
 * A penalty for saying the same thing again: the share of n-grams that repeat an earlier one. Range [penalty, 0].
 * Use it against loops, which length penalties do not see.
 */
import { z } from 'zod'
import { defineSignal } from '../../kinds/signal.ts'
import { createColumn, invalidate } from '../../records/column.ts'
import { splitWords } from '../verifiers/dialects/python-text.ts'

/** Numbers the distinct items of a list 0, 1, 2, … in the order they appear. */
function numbered<Item>(items: readonly Item[]): { readonly ids: Int32Array; readonly distinct: number } {
  const known = new Map<Item, number>()
  const ids = new Int32Array(items.length)
  for (let index = 0; index < items.length; index++) {
    let id = known.get(items[index]!)
    if (id === undefined) {
      id = known.size
      known.set(items[index]!, id)
    }
    ids[index] = id
  }
  return { ids, distinct: known.size }
}

/**
 * 1 − distinct / total over the n-grams of a list; 0 when the list is shorter than n.
 * n-grams are numbered by extending (n − 1)-grams by one item, so the cost is n · length whatever the items are.
 *
 * @example repeatedShare(['a', 'b', 'a', 'b', 'a'], 2) // 0.5
 */
export function repeatedShare<Item extends string | number>(items: readonly Item[], size: number): number {
  const total = items.length - size + 1
  if (total < 1) return 0
  const { ids, distinct } = numbered(items)
  const grams = ids.slice()
  let count = distinct
  const known = new Map<number, number>()
  for (let width = 2; width <= size; width++) {
    known.clear()
    for (let start = 0; start + width <= items.length; start++) {
      const key = grams[start]! * distinct + ids[start + width - 1]!
      let id = known.get(key)
      if (id === undefined) {
        id = known.size
        known.set(key, id)
      }
      grams[start] = id
    }
    count = known.size
  }
  return 1 - count / total
}

/**
 * The penalty of a text over lower-cased words, or of a list of token ids over tokens.
 * Source: Demystifying Long CoT (arXiv 2502.03373), appendix C.2; open-r1 (words), trl (token ids), R1-Reward (words).
 *
 * @example repetitionPenalty('a b c a b c a b c', 3, -1) // −4/7
 */
export function repetitionPenalty(given: string | readonly number[], size: number, penalty: number): number {
  const share =
    typeof given === 'string'
      ? repeatedShare(splitWords(given.toLowerCase()), size)
      : repeatedShare(given, size)
  // Adding zero turns −0 into 0.
  return share * penalty + 0
}

export const repetition = defineSignal({
  name: 'repetition',
  summary: 'A penalty proportional to the share of n-grams that repeat an earlier one.',
  paper: {
    slug: '00-verifiers',
    title: 'Rule-based rewards',
    source: 'trl and open-r1 get_repetition_penalty_reward',
  },
  formula: 'penalty · (1 − distinct n-grams / n-grams)',
  range: '[penalty, 0]',
  grain: 'rollout',
  aliases: ['repetition-penalty', 'repetition_penalty_reward', 'n-gram repetition'],
  parameters: z.object({
    unit: z
      .enum(['words', 'tokens'])
      .default('words')
      .describe('lower-cased words (open-r1) or token ids (trl), which the rollout must have'),
    size: z.number().int().min(1).max(64).default(3).describe('number of words or tokens in an n-gram'),
    penalty: z
      .number()
      .max(0)
      .default(-1)
      .describe('value approached when everything repeats; zero or negative'),
  }),
  examples: [
    {
      title: 'no repetition, a loop, and too short to tell',
      input: {
        rollouts: [{ completion: 'a b c d e f' }, { completion: 'the the the the the' }, { completion: 'x' }],
      },
      result: [0, -2 / 3, 0],
    },
    {
      title: 'token ids that are missing',
      parameters: { unit: 'tokens' },
      input: { rollouts: [{ completion: 'aa', tokens: [1, 2, 1, 2, 1, 2] }, { completion: 'aa' }] },
      result: [-0.5, null],
    },
  ],
  score(batch, { unit, size, penalty }) {
    const column = createColumn(batch.size)
    for (let row = 0; row < batch.size; row++) {
      const given = unit === 'words' ? batch.completions[row]! : batch.rollouts[row]!.tokens
      if (given === undefined) invalidate(column, row, 'the rollout has no token ids')
      else column.values[row] = repetitionPenalty(given, size, penalty)
    }
    return column
  },
})
