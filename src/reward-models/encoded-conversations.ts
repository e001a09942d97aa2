/** Rollouts as the texts that a model of others reads, and its scores as a column. */
import { z } from 'zod'
import { CONVERSATION_TEMPLATES, encodedText } from '../inference/conversation-text.ts'
import type { TextScorer } from '../inference/text-scorer.ts'
import type { SignalContext } from '../kinds/signal.ts'
import type { RolloutBatch } from '../records/batch.ts'
import { type Column, columnOf } from '../records/column.ts'
import { GuerdonError } from '../records/error.ts'

/** How a signal's model reads a rollout; parameters of every signal that asks such a model. */
export const readingParameters = {
  read: z
    .enum(['together', 'pair', 'completion'])
    .default('together')
    .describe('prompt and completion as one text, as two (cross-encoders), or the completion alone'),
  template: z
    .enum(CONVERSATION_TEMPLATES)
    .default('plain')
    .describe('layout of prompt and completion together'),
} as const

export interface Reading {
  readonly read: 'together' | 'pair' | 'completion'
  readonly template: (typeof CONVERSATION_TEMPLATES)[number]
}

/** @throws GuerdonError ARGUMENT_INVALID for pairs with a model that reads one text */
export function checkReading(scorer: TextScorer, { read }: Reading): void {
  if (read === 'pair' && scorer.scorePairs === undefined)
    throw new GuerdonError('ARGUMENT_INVALID', 'this model reads one text, not a pair', {
      where: { field: 'read' },
      expected: 'together or completion',
    })
}

/** One score a rollout. */
export async function scoreConversations(
  scorer: TextScorer,
  batch: RolloutBatch,
  reading: Reading,
  { abort }: Pick<SignalContext, 'abort'>,
): Promise<Column> {
  const { read, template } = reading
  if (read === 'pair') return columnOf(await scorer.scorePairs!(batch.prompts, batch.completions, { abort }))
  const texts = batch.rollouts.map(({ prompt, completion }) =>
    encodedText(prompt, completion, read, template),
  )
  return columnOf(await scorer.scoreTexts(texts, { abort }))
}
