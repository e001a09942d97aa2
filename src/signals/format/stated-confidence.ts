/**
 * The confidence a completion states about its own answer. Range [0, 1]. Use it with a proper scoring rule, so that
 * honest confidence pays; on its own it rewards boasting.
 */
import { z } from 'zod'
import { defineSignal } from '../../kinds/signal.ts'
import { createColumn, invalidate } from '../../records/column.ts'
import { asciiDigits, parseFloatText } from '../verifiers/dialects/python-text.ts'
import { lastTagContent } from '../verifiers/dialects/search-r1.ts'

export interface StatedConfidence {
  /** in [0, 1]; 0 when nothing usable is stated */
  readonly confidence: number
  readonly valid: boolean
}

const none: StatedConfidence = { confidence: 0, valid: false }

/** The number in the last `<confidence>` tag as the training rewards read it; may be out of range or NaN. */
export function confidenceNumber(completion: string): number | undefined {
  const content = lastTagContent(completion, 'confidence')
  return content === undefined ? undefined : parseFloatText(content)
}

function inRange(number: number): StatedConfidence {
  if (number >= 0 && number <= 1) return { confidence: number, valid: true }
  return number > 1 && number <= 100 ? { confidence: number / 100, valid: true } : none
}

/**
 * The lenient reading used at evaluation: a number in [0, 1] as it is, in (1, 100] as a percentage, otherwise nothing;
 * a text that is no number is searched for its first one.
 * Source: RLCR (arXiv 2507.16806), `eval/check_functions.py`, `confidence_extractor`.
 *
 * @example lenientConfidence('<confidence>95</confidence>') // { confidence: 0.95, valid: true }
 */
export function lenientConfidence(completion: string): StatedConfidence {
  const content = lastTagContent(completion, 'confidence')
  if (content === undefined) return none
  const number = parseFloatText(content)
  if (number !== undefined) return inRange(number)
  const first = /-?\d+(?:\.\d+)?/.exec(asciiDigits(content))
  return first === null ? none : inRange(Number(first[0]))
}

/** The strict reading used in training: a number in [0, 1] and nothing else in the tag. */
export function strictConfidence(completion: string): StatedConfidence {
  const number = confidenceNumber(completion)
  return number !== undefined && number >= 0 && number <= 1 ? { confidence: number, valid: true } : none
}

/**
 * The monitoring columns of the training code: the number clipped to [0, 1] (0 for a missing, unreadable or NaN one)
 * and whether it lies within 0.01 of 0 or 1. An empty or missing tag is not counted as extreme; an unreadable one,
 * which counts as 0, is.
 * Source: RLCR `reward_fns.py`, `mean_confidence_reward` and `confidence_one_or_zero`.
 */
export function monitoredConfidence(completion: string): { readonly mean: number; readonly extreme: 0 | 1 } {
  const content = lastTagContent(completion, 'confidence')
  if (content === undefined || content === '') return { mean: 0, extreme: 0 }
  const number = parseFloatText(content) ?? 0
  const mean = Number.isNaN(number) ? 0 : Math.min(1, Math.max(0, number))
  return { mean, extreme: Math.abs(mean - 1) < 0.01 || Math.abs(mean) < 0.01 ? 1 : 0 }
}

export const statedConfidence = defineSignal({
  name: 'stated-confidence',
  summary: 'The confidence between 0 and 1 that the completion states in its last <confidence> tag.',
  paper: {
    slug: '54-rlcr',
    title: 'Beyond Binary Rewards (RLCR)',
    source: 'reward_fns.py, eval/check_functions.py',
  },
  range: '[0, 1]',
  grain: 'rollout',
  parts: () => ({ stated: 'rollout', extreme: 'rollout' }),
  aliases: ['confidence', 'confidence_extractor', 'verbalised confidence'],
  parameters: z.object({
    reading: z
      .enum(['training', 'evaluation'])
      .default('training')
      .describe(
        'training: a number in [0, 1] and nothing else; evaluation: percentages and the first number in a text too',
      ),
    missing: z
      .enum(['zero', 'invalid'])
      .default('zero')
      .describe(
        'a completion without a usable confidence: 0, which the part `stated` tells apart, or an invalid row',
      ),
  }),
  examples: [
    {
      title: 'stated, in percent, and missing',
      input: {
        rollouts: [
          { completion: '<confidence>0.9</confidence>' },
          { completion: '<confidence>90%</confidence>' },
          { completion: 'no idea' },
        ],
      },
      result: [0.9, 0, 0],
    },
    {
      title: 'read leniently, missing ones invalid',
      parameters: { reading: 'evaluation', missing: 'invalid' },
      input: { rollouts: [{ completion: '<confidence>90%</confidence>' }, { completion: 'no idea' }] },
      result: [0.9, null],
    },
  ],
  score(batch, { reading, missing }) {
    const column = createColumn(batch.size)
    const stated = createColumn(batch.size)
    const extreme = createColumn(batch.size)
    for (let row = 0; row < batch.size; row++) {
      const completion = batch.completions[row]!
      const found = reading === 'training' ? strictConfidence(completion) : lenientConfidence(completion)
      column.values[row] = found.confidence
      stated.values[row] = found.valid ? 1 : 0
      extreme.values[row] =
        found.valid && (found.confidence < 0.01 || Math.abs(found.confidence - 1) < 0.01) ? 1 : 0
      if (!found.valid && missing === 'invalid') {
        invalidate(column, row, 'the completion states no confidence between 0 and 1')
      }
    }
    return { column, parts: { stated, extreme } }
  },
})
