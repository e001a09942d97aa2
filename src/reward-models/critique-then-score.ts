/**
 * A reward that criticises before it scores: one head foretells the critique of a completion, another scores the
 * completion together with its critique. Critiques are numbers here, the last columns of the embedding: an encoder's
 * vector of the written critique, or the marks that annotators gave. A training config names them with the other
 * features, last (`encoder: { use: columns, names: [...] }`); an encoder of texts alone has no critiques to learn from.
 * Source: paper 08, critique-based reward model.
 */
import { z } from 'zod'
import { mlp } from '../engine/layers/mlp.ts'
import { concat, stopGradient, where } from '../engine/operations.ts'
import { cosineRate, type TensorTree } from '../engine/optimiser.ts'
import type { Tensor } from '../engine/tensor.ts'
import { RandomStream } from '../numerics/random.ts'
import { critiqueReward } from '../objectives/critique-reward.ts'
import { GuerdonError } from '../records/error.ts'
import { headParameters } from './bradley-terry-head.ts'
import { columnTable, type EncodedPairs } from './encoded-pairs.ts'
import { defineRecipe } from './recipe.ts'
import { trainPairs } from './train-pairs.ts'

/** Numbers below this stand for nothing, and NaN is above no number. */
const LEAST = -1e30

interface Heads {
  readonly critiqueColumns: number
  readonly hidden: readonly number[]
  readonly critiqueHidden: readonly number[]
  readonly activation: 'none' | 'relu' | 'tanh' | 'silu'
}

interface Judged {
  /** the critique that the score is based on: the given numbers, or the model's own */
  readonly reward: Tensor
  /** mean squared error of the foretold critique over the numbers that are given, [rows] */
  readonly critiqueError: Tensor
}

function headsOf(width: number, { critiqueColumns, hidden, critiqueHidden, activation }: Heads) {
  return {
    critique: mlp({
      name: 'critique',
      widths: [width - critiqueColumns, ...critiqueHidden, critiqueColumns],
      activation,
    }),
    score: mlp({ name: 'score', widths: [width, ...hidden, 1], activation }),
  }
}

/** Scores rows [batch, width]; `source` given: own critiques stand in only where none is given. */
function judged(
  weights: TensorTree,
  rows: Tensor,
  parameters: Heads,
  source: 'given' | 'own' | 'none',
): Judged {
  const width = rows.shape[1]!
  const heads = headsOf(width, parameters)
  const text = rows.slice(1, 0, width - parameters.critiqueColumns)
  const columns = rows.slice(1, width - parameters.critiqueColumns)
  const there = columns.greater(LEAST)
  const known = where(there, columns, 0)
  const own = heads.critique.apply(weights, text)
  const critique =
    source === 'none'
      ? known.mul(0)
      : source === 'own'
        ? stopGradient(own)
        : where(there, known, stopGradient(own))
  return {
    reward: heads.score.apply(weights, concat([text, critique], 1)).squeeze(-1),
    critiqueError: where(there, own.sub(known), 0)
      .square()
      .sum(-1)
      .div(there.cast(rows.dtype).sum(-1).maximum(1)),
  }
}

export const critiqueThenScore = defineRecipe({
  name: 'critique-then-score',
  summary:
    'Foretells a critique and scores with it: for pairs whose completions have critiques, as vectors or marks, that scoring will lack.',
  paper: {
    slug: '08-mm-rlhf',
    title: 'MM-RLHF: The Next Step Forward in Multimodal LLM Alignment',
    source: 'critique-based reward model; trl/trainer/reward_trainer.py:compute_loss',
  },
  aliases: ['MM-RLHF reward model', 'critique reward', 'generative critique'],
  takes: { ties: true, missingFeatures: true },
  parameters: z.object({
    critiqueColumns: z
      .number()
      .int()
      .min(1)
      .default(1)
      .describe(
        'how many of the last columns are the critique: list its features last; empty where a completion has none',
      ),
    critique: z
      .enum(['given', 'own', 'none'])
      .default('given')
      .describe(
        'what the score is based on when used: the given critique and the model’s own where there is none, always its own, or nothing',
      ),
    hidden: headParameters.hidden.describe('hidden widths of the scoring head; [] is a linear one'),
    critiqueHidden: z
      .array(z.number().int().min(1))
      .default([128])
      .describe('hidden widths of the head that foretells the critique'),
    activation: headParameters.activation.default('tanh').describe('between the layers'),
    epochs: headParameters.epochs,
    batchSize: headParameters.batchSize,
    rate: headParameters.rate,
    schedule: headParameters.schedule,
    weightDecay: headParameters.weightDecay,
    select: headParameters.select.describe(
      'epoch that is kept, by validation accuracy with the model’s own critiques',
    ),
    tieWeight: z.number().min(0).default(0.5).describe('weight of Δ² on ties'),
    centring: z.number().min(0).default(0.01).describe('λ of mean((chosen + rejected)²)'),
    critiqueWeight: z.number().min(0).default(1).describe('weight of the critique’s squared error'),
  }),
  async train(data, parameters, context) {
    check(data.train, parameters)
    const stream = new RandomStream(context.seed)
    const heads = headsOf(data.train.width, parameters)
    const { tieWeight, centring, critiqueWeight } = parameters
    const without = parameters.critique === 'none'
    const result = await trainPairs(
      data,
      {
        stage: 'critique and score',
        parameters: {
          ...heads.critique.initialise(stream.derive('critique')),
          ...heads.score.initialise(stream.derive('score')),
        },
        // The validation pairs are judged as new completions will be: without their critiques.
        reward: (weights, rows) => judged(weights, rows, parameters, without ? 'none' : 'own').reward,
        columns: { tie: columnTable(data.train.tie) },
        // Teacher forcing: the scoring head is trained on the given critiques, not on those that the model foretells.
        loss(_, batch, weights) {
          const source = without ? 'none' : 'given'
          const chosen = judged(weights, batch.chosen!, parameters, source)
          const rejected = judged(weights, batch.rejected!, parameters, source)
          const { loss, parts } = critiqueReward(
            {
              chosen: chosen.reward,
              rejected: rejected.reward,
              tie: batch.tie!,
              critiqueLossChosen: chosen.critiqueError,
              critiqueLossRejected: rejected.critiqueError,
            },
            { tieWeight, centring, critiqueWeight: without ? 0 : critiqueWeight },
          )
          return { loss, metrics: { preference: parts!.preference!, critique: parts!.critique! } }
        },
        epochs: parameters.epochs,
        batchSize: parameters.batchSize,
        rate:
          parameters.schedule === 'cosine' ? cosineRate(parameters.rate, { warmup: 0.1 }) : parameters.rate,
        weightDecay: parameters.weightDecay,
        select: parameters.select,
        seed: context.seed,
      },
      context,
    )
    const kept = result.epochs.find(({ epoch }) => epoch === result.epoch)
    return {
      weights: result.parameters,
      settings: {},
      metrics: {
        epoch: result.epoch,
        ...(kept && { validationAccuracy: kept.accuracy, validationLogLoss: kept.logLoss }),
        trainPreferenceLoss: result.history.preference!.at(-1)!,
        trainCritiqueError: result.history.critique!.at(-1)! / 2,
      },
      report: { epochs: result.epochs },
    }
  },
  score: (weights, { completion }, parameters) => ({
    reward: judged(weights, completion, parameters, parameters.critique).reward,
  }),
})

function check(
  { width, chosen, rejected }: EncodedPairs,
  { critiqueColumns, critique }: { critiqueColumns: number; critique: string },
): void {
  if (critiqueColumns >= width)
    throw new GuerdonError('PARAMETER_INVALID', 'nothing but the critique is left to read', {
      where: { field: 'critiqueColumns' },
      found: critiqueColumns,
      expected: `fewer columns than the embedding has (${width})`,
    })
  if (critique === 'none' || 'path' in chosen || 'path' in rejected) return
  const missing = (values: ArrayLike<number>): boolean => {
    for (let row = width - critiqueColumns; row < values.length; row += width)
      for (let column = 0; column < critiqueColumns; column++)
        if (!Number.isNaN(values[row + column]!)) return false
    return true
  }
  if (missing(chosen.values) && missing(rejected.values))
    throw new GuerdonError('DATA_EMPTY', 'no completion has a critique, so there is none to learn from', {
      hint: 'Give the last features of the data the critiques, or set critique to "none"',
    })
}
