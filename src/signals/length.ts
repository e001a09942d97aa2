/**
 * How long a completion is. Range [0, ∞). Use it to watch length, to penalise it through a shaping, or as an input
 * of other methods.
 */
import { z } from 'zod'
import { defineSignal } from '../kinds/signal.ts'
import { createColumn, invalidate } from '../records/column.ts'
import { tokenCount } from '../records/rollout.ts'

/** Number of runs of non-space characters of a text. */
export function countWords(text: string): number {
  let words = 0
  let inside = false
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    const space = code === 32 || (code >= 9 && code <= 13) || (code > 127 && /\s/.test(text[index]!))
    if (!space && !inside) words++
    inside = !space
  }
  return words
}

export const length = defineSignal({
  name: 'length',
  summary: 'Length of the completion in tokens, characters or words.',
  range: '[0, ∞)',
  grain: 'rollout',
  aliases: ['length-tokens', 'response length'],
  parameters: z.object({
    unit: z
      .enum(['tokens', 'characters', 'words'])
      .default('characters')
      .describe(
        'tokens needs token ids or a column completion_tokens; characters are UTF-16 units; words are runs of non-space',
      ),
  }),
  examples: [
    {
      title: 'words of two completions',
      parameters: { unit: 'words' },
      input: { rollouts: [{ completion: 'the answer is 42' }, { completion: '' }] },
      result: [4, 0],
    },
    {
      title: 'tokens that nobody counted',
      parameters: { unit: 'tokens' },
      input: { rollouts: [{ completion: 'a b', tokens: [17, 4] }, { completion: 'a b' }] },
      result: [2, null],
    },
  ],
  score(batch, { unit }) {
    const column = createColumn(batch.size)
    for (let row = 0; row < batch.size; row++) {
      if (unit === 'tokens') {
        const count = tokenCount(batch.rollouts[row]!)
        if (count === undefined)
          invalidate(
            column,
            row,
            'no token count: the rollout has neither tokens nor a column completion_tokens',
          )
        else column.values[row] = count
      } else {
        const text = batch.completions[row]!
        column.values[row] = unit === 'words' ? countWords(text) : text.length
      }
    }
    return column
  },
})
