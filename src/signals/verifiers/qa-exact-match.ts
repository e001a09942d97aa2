/**
 * Exact match for question answering, as search-R1 trains with it: case, punctuation and articles do not count.
 * Range [0, 1]: 1 for a match, 0 otherwise, ¼ for a match in a text crowded with answer tags.
 */
import { z } from 'zod'
import { defineSignal } from '../../kinds/signal.ts'
import { byReference } from '../by-completion.ts'
import { matchesAnswer, scoreSearchR1 } from './dialects/search-r1.ts'

export const qaExactMatch = defineSignal({
  name: 'qa-exact-match',
  summary: 'Whether the normalised answer equals, or contains, one of the normalised references.',
  paper: { slug: '00-verifiers', title: 'Rule-based rewards', source: 'verl search_r1_like_qa_em' },
  range: '{0, 0.25, 1}',
  grain: 'rollout',
  aliases: ['search-r1', 'qa-em', 'sub-EM', 'SQuAD exact match'],
  parameters: z.object({
    mode: z
      .enum(['em', 'sub'])
      .default('em')
      .describe('em: equal after normalisation; sub: a reference is contained in the answer'),
    from: z
      .enum(['answer-tag', 'whole'])
      .default('answer-tag')
      .describe('the last <answer> tag (0 when there is none) or the whole completion'),
  }),
  examples: [
    {
      title: 'in the answer tag',
      input: {
        rollouts: [
          { completion: '<answer>The Beatles</answer>', reference: ['Beatles', 'Fab Four'] },
          { completion: 'The Beatles', reference: 'Beatles' },
        ],
      },
      result: [1, 0],
    },
    {
      title: 'contained in the whole text',
      parameters: { mode: 'sub', from: 'whole' },
      input: { rollouts: [{ completion: 'It was the U.S.A., I think', reference: 'USA' }] },
      result: [1],
    },
  ],
  score: (batch, { mode, from }) =>
    byReference(batch, (completion, references) =>
      from === 'whole'
        ? matchesAnswer(completion, references, mode)
        : scoreSearchR1(completion, references, mode),
    ),
})
