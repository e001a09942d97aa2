/**
 * SimCSE on the features of preference pairs: of all completions, or of the differences in both directions.
 * Source: paper 16, section 4 and equation 9.
 */
import { z } from 'zod'
import { concat } from '../engine/operations.ts'
import type { TensorTree } from '../engine/optimiser.ts'
import type { Tensor } from '../engine/tensor.ts'
import { inBatchContrast } from './in-batch-contrast.ts'
import { defineObjective, type ObjectiveInput, type ObjectiveResult } from './objective.ts'

const paper = {
  slug: '16-secrets-rlhf-2',
  title: 'Secrets of RLHF in Large Language Models, Part II: Reward Modeling',
  source: 'equation 9',
} as const

const features = (what: string, pass: string): ObjectiveInput => ({
  description: `features of the ${what} completions, ${pass} dropout pass, [pairs, width]`,
  differentiable: true,
})

const inputs = {
  chosen1: features('chosen', 'first'),
  rejected1: features('rejected', 'first'),
  chosen2: features('chosen', 'second'),
  rejected2: features('rejected', 'second'),
} as const

const parameters = z.object({ temperature: z.number().positive().default(0.05).describe('T') })

/** Contrast of two views that are made of each pass's features. */
function contrasted(
  { chosen1, rejected1, chosen2, rejected2 }: TensorTree,
  view: (chosen: Tensor, rejected: Tensor) => Tensor,
  temperature: number,
): ObjectiveResult {
  const perRow = inBatchContrast(view(chosen1!, rejected1!), view(chosen2!, rejected2!), temperature)
  return { loss: perRow.mean(), perRow }
}

export const contrastivePairs = defineObjective({
  name: 'contrastive-pairs',
  summary: 'An auxiliary loss that tells the features of all completions of a batch apart.',
  paper,
  formula: 'SimCSE over the 2N features of chosen and rejected completions',
  parameters,
  inputs,
  aliases: ['contrastive learning', 'SimCSE'],
  compute: (given, { temperature }) =>
    contrasted(given, (chosen, rejected) => concat([chosen, rejected]), temperature),
})

export const contrastiveDifferences = defineObjective({
  name: 'contrastive-differences',
  summary: 'An auxiliary loss that tells the differences of pairs apart, in both directions.',
  paper,
  formula: 'SimCSE over the 2N vectors f_c − f_r and f_r − f_c',
  parameters,
  inputs,
  aliases: ['contrastive learning', 'SimCSE-diff'],
  compute: (given, { temperature }) =>
    contrasted(
      given,
      (chosen, rejected) => concat([chosen.sub(rejected), rejected.sub(chosen)]),
      temperature,
    ),
})
