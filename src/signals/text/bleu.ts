/**
 * BLEU of a completion against the prompt's references. Range [0, 1], or [0, 100] with `scale: 100`.
 * A cheap reward for prompts with good reference answers, before a reward model exists or beside one.
 */
import { z } from 'zod'
import { defineSignal } from '../../kinds/signal.ts'
import { createColumn } from '../../records/column.ts'
import { answerText } from './answer-text.ts'
import { forReferences } from './for-references.ts'
import { BLEU_SMOOTHINGS, BLEU_VARIANTS, BleuScorer } from './sentence-bleu.ts'
import { TOKENIZERS } from './tokenizers.ts'

export const bleu = defineSignal({
  name: 'bleu',
  summary: 'Sentence BLEU of the completion against the references of its prompt.',
  paper: {
    slug: '49-bleuberi',
    title: 'BLEUBERI: BLEU is a surprisingly effective reward for instruction following',
    source: 'training/dataset.py; tensorflow/nmt compute_bleu; sacrebleu sentence_score',
  },
  formula: 'BP · exp(¼ Σ_n ln p_n)',
  range: '[0, 1]',
  grain: 'rollout',
  aliases: ['bleuberi', 'sacrebleu', 'n-gram overlap'],
  parameters: z.object({
    variant: z
      .enum(BLEU_VARIANTS)
      .default('hf-smooth')
      .describe(
        'hf-smooth: add-one smoothing of every order, shortest reference (the paper’s); hf-plain: unsmoothed; sacrebleu: closest reference',
      ),
    answer: z
      .enum(['whole', 'tags'])
      .default('whole')
      .describe('what is compared: the whole completion, or the text inside its <answer> tags'),
    tokenizer: z
      .enum(TOKENIZERS)
      .default('13a')
      .describe('13a leaves a Chinese or Japanese sentence one token: use char or zh there'),
    lowercase: z.boolean().default(false).describe('compares in lower case'),
    order: z.int().min(1).max(16).default(4).describe('longest n-gram counted'),
    smoothing: z
      .enum(BLEU_SMOOTHINGS)
      .default('exp')
      .describe('sacrebleu only: what an order without matches counts'),
    smoothingValue: z
      .number()
      .positive()
      .optional()
      .describe('sacrebleu only: the floor (0.1 if left out) or the k of add-k (1 if left out)'),
    effectiveOrder: z
      .boolean()
      .default(true)
      .describe(
        'sacrebleu only: the mean runs over the orders the text has; the library’s own default, false, gives every text below four tokens 0',
      ),
    scale: z
      .union([z.literal(1), z.literal(100)])
      .default(1)
      .describe('value of a perfect match'),
  }),
  examples: [
    {
      title: 'a perfect answer, an answer in tags and no reference',
      parameters: { answer: 'tags' },
      input: {
        rollouts: [
          { completion: 'The cat sat.', reference: 'The cat sat.' },
          { completion: '<think>hm</think><answer>The cat sat.</answer>', reference: 'The cat sat.' },
          { completion: 'The cat sat.' },
        ],
      },
      result: [1, 1, null],
      tolerance: 1e-12,
    },
    {
      title: 'smoothing rewards a wrong word',
      input: { rollouts: [{ completion: 'word', reference: 'another' }] },
      result: [0.5 ** 0.25],
      tolerance: 1e-12,
    },
    {
      title: 'sacrebleu does not',
      parameters: { variant: 'sacrebleu' },
      input: {
        rollouts: [
          { completion: 'word', reference: 'another' },
          { completion: '', reference: 'a' },
        ],
      },
      result: [0, 0],
    },
  ],
  score(batch, { answer, scale, smoothingValue, ...options }, { evidence }) {
    const column = createColumn(batch.size)
    const scorer = new BleuScorer({ ...options, ...(smoothingValue === undefined ? {} : { smoothingValue }) })
    const factor = scale / (options.variant === 'sacrebleu' ? 100 : 1)
    if (evidence) column.evidence = new Array(batch.size)
    forReferences(
      batch,
      column,
      (references) => {
        scorer.setReferences(references)
        const empty = scorer.referenceLengths.indexOf(0)
        return empty < 0 ? undefined : `reference ${empty + 1} has no tokens`
      },
      (row) => {
        const completion = batch.completions[row]!
        const text = answer === 'tags' ? answerText(completion) : completion
        // An answer without a word shares nothing with a reference; hf's formula would divide by its length.
        const score = scorer.score(text) ?? 0
        column.values[row] = Math.min(score * factor, scale)
        if (column.evidence !== undefined) column.evidence[row] = scorer.details(score)
      },
    )
    return column
  },
})
