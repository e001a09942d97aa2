/**
 * A head on a frozen encoder, trained with Bradley–Terry: BaseReward's two-layer SiLU head by default (paper 19), with
 * the extras its ablation names: centring and length normalisation.
 */
import { z } from 'zod'
import { mlp } from '../engine/layers/mlp.ts'
import { cosineRate } from '../engine/optimiser.ts'
import { RandomStream } from '../numerics/random.ts'
import { bradleyTerry } from '../objectives/bradley-terry.ts'
import { columnTable } from './encoded-pairs.ts'
import { defineRecipe } from './recipe.ts'
import { trainPairs } from './train-pairs.ts'

export const headParameters = {
  hidden: z
    .array(z.number().int().min(1))
    .default([128])
    .describe('hidden widths of the head; [] is a linear one'),
  activation: z.enum(['none', 'relu', 'tanh', 'silu']).default('silu').describe('between the layers'),
  epochs: z.number().int().min(1).default(10).describe('passes over the pairs'),
  batchSize: z.number().int().min(1).default(128).describe('pairs a step'),
  rate: z.number().positive().default(1e-3).describe('largest learning rate'),
  schedule: z.enum(['constant', 'cosine']).default('cosine').describe('of the learning rate'),
  weightDecay: z.number().min(0).default(0.01).describe('AdamW’s decay of the weight matrices'),
  select: z.enum(['best', 'last']).default('best').describe('epoch that is kept, by validation accuracy'),
}

export const bradleyTerryHead = defineRecipe({
  name: 'bradley-terry-head',
  summary: 'A small head on a frozen encoder; the first thing to try.',
  paper: {
    slug: '19-basereward',
    title: 'BaseReward: A Strong Baseline for Multimodal Reward Model',
    source: 'section 4 and Algorithm 1',
  },
  aliases: ['basereward', 'reward head'],
  parameters: z.object({
    ...headParameters,
    centring: z.number().min(0).default(0).describe('λ of mean((chosen + rejected)²)'),
    lengthNormalised: z.boolean().default(false).describe('rewards divided by ln(words + 1) in the loss'),
  }),
  async train(data, parameters, context) {
    const { width } = data.train
    const head = mlp({
      name: 'head',
      widths: [width, ...parameters.hidden, 1],
      activation: parameters.activation,
    })
    const { centring, lengthNormalised } = parameters
    const result = await trainPairs(
      data,
      {
        stage: 'head',
        parameters: head.initialise(new RandomStream(context.seed).derive('head')),
        reward: (weights, completion) => head.apply(weights, completion).squeeze(-1),
        ...(lengthNormalised && {
          columns: {
            chosenLength: columnTable(data.train.chosenLength),
            rejectedLength: columnTable(data.train.rejectedLength),
          },
        }),
        loss({ chosen, rejected }, batch) {
          const scaled = lengthNormalised
            ? {
                chosen: chosen.div(batch.chosenLength!.maximum(1).add(1).log()),
                rejected: rejected.div(batch.rejectedLength!.maximum(1).add(1).log()),
              }
            : { chosen, rejected }
          return bradleyTerry(scaled, { centring }).loss
        },
        epochs: parameters.epochs,
        batchSize: parameters.batchSize,
        rate:
          parameters.schedule === 'cosine' ? cosineRate(parameters.rate, { warmup: 0.05 }) : parameters.rate,
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
        trainLoss: result.history.loss!.at(-1)!,
      },
      report: { epochs: result.epochs },
    }
  },
  score(weights, { completion }, { hidden, activation }) {
    const head = mlp({ name: 'head', widths: [completion.shape[1]!, ...hidden, 1], activation })
    return { reward: head.apply(weights, completion).squeeze(-1) }
  },
})
