/**
 * Bradley–Terry with a contrastive loss on the features below the last layer, from two dropout passes: over all
 * completions of the batch, or over the differences of chosen and rejected features. Source: paper 16, section 3.
 */
import { z } from 'zod'
import { dropout, dropoutMask } from '../engine/layers/dropout.ts'
import { activate, linear, uniform } from '../engine/layers/linear.ts'
import { concat } from '../engine/operations.ts'
import type { TensorTree } from '../engine/optimiser.ts'
import type { Tensor } from '../engine/tensor.ts'
import { RandomStream } from '../numerics/random.ts'
import { bradleyTerry } from '../objectives/bradley-terry.ts'
import { simcse } from '../objectives/simcse.ts'
import { swav } from '../objectives/swav.ts'
import { headParameters } from './bradley-terry-head.ts'
import { columnTable } from './encoded-pairs.ts'
import { defineRecipe } from './recipe.ts'
import { trainPairs } from './train-pairs.ts'

const { activation, epochs, batchSize, rate, weightDecay, select } = headParameters

type Activation = z.output<typeof activation>

const layersOf = (width: number, hidden: readonly number[]) => ({
  trunk: hidden.map((outputs, index) =>
    linear({ name: `trunk.${index}`, inputs: index === 0 ? width : hidden[index - 1]!, outputs }),
  ),
  head: linear({ name: 'head', inputs: hidden.at(-1)!, outputs: 1 }),
})

/** Features of embeddings; every layer's input has its mask where masks are given. */
function featuresOf(
  weights: TensorTree,
  x: Tensor,
  hidden: readonly number[],
  between: Activation,
  masks: readonly (Tensor | undefined)[] = [],
): Tensor {
  const { trunk } = layersOf(x.shape[1]!, hidden)
  const features = trunk.reduce(
    (h, layer, index) => activate(layer.apply(weights, dropout(h, masks[index])), between),
    x,
  )
  return dropout(features, masks[trunk.length])
}

export const contrastiveFeatures = defineRecipe({
  name: 'contrastive-features',
  summary:
    'Spreads the features of completions apart while learning preferences, for rewards that must see small differences.',
  paper: {
    slug: '16-secrets-rlhf-2',
    title: 'Secrets of RLHF in Large Language Models, Part II: Reward Modeling',
    source: 'section 3, equations 7 to 10',
  },
  aliases: ['SimCSE', 'SwAV', 'contrastive learning'],
  parameters: z.object({
    hidden: z
      .array(z.number().int().min(1))
      .min(1)
      .default([128])
      .describe('widths of the trunk; the last one is the width of the features'),
    activation,
    epochs,
    batchSize,
    rate,
    weightDecay,
    select,
    contrast: z.enum(['simcse', 'swav']).default('simcse').describe('which contrastive loss'),
    of: z
      .enum(['completions', 'differences'])
      .default('completions')
      .describe('features of completions, or differences of chosen and rejected ones in both directions'),
    weight: z.number().min(0).default(1).describe('β of the contrastive loss; 0 leaves it out'),
    temperature: z.number().positive().optional().describe('T; 0.05 for SimCSE and 0.1 for SwAV unless told'),
    prototypes: z.number().int().min(2).default(20).describe('K of SwAV'),
    dropout: z.number().min(0).max(0.9).default(0.05).describe('rate of the two passes that are compared'),
  }),
  async train(data, parameters, context) {
    const { hidden, activation: between, contrast, weight, temperature, prototypes } = parameters
    const { train } = data
    const { trunk, head } = layersOf(train.width, hidden)
    const stream = new RandomStream(context.seed).derive('contrastive features')
    const rows = Math.min(parameters.batchSize, train.count)
    const widths = [train.width, ...hidden]
    const withSwav = contrast === 'swav' && weight > 0
    const masks = Object.fromEntries(
      weight === 0
        ? []
        : [1, 2].flatMap((pass) =>
            widths.map((width, layer) => [
              `mask ${pass} ${layer}`,
              dropoutMask([2 * rows, width], parameters.dropout),
            ]),
          ),
    )
    const contrastOf = (one: Tensor, other: Tensor, weights: TensorTree): Tensor => {
      const own = temperature === undefined ? {} : { temperature }
      return contrast === 'simcse'
        ? simcse({ view1: one, view2: other }, own).loss
        : swav({ viewT: one, viewS: other, prototypes: weights.prototypes! }, own).loss
    }
    const result = await trainPairs(
      data,
      {
        stage: 'contrast',
        parameters: Object.assign(
          {},
          ...[...trunk, head].map((layer) => layer.initialise(stream)),
          withSwav && {
            prototypes: uniform(
              stream.derive('prototypes'),
              [prototypes, hidden.at(-1)!],
              1 / Math.sqrt(hidden.at(-1)!),
            ),
          },
        ),
        reward: (weights, completion) =>
          head.apply(weights, featuresOf(weights, completion, hidden, between)).squeeze(-1),
        columns: { untied: columnTable(train.tie.map((tie) => 1 - tie)) },
        extra: masks,
        loss(rewards, batch, weights) {
          const mask = batch.untied!
          const plain = bradleyTerry({ ...rewards, mask }).loss
          if (weight === 0) return { loss: plain }
          const both = concat([batch.chosen!, batch.rejected!])
          const views = [1, 2].map((pass) =>
            featuresOf(
              weights,
              both,
              hidden,
              between,
              widths.map((_, layer) => batch[`mask ${pass} ${layer}`]),
            ),
          ) as [Tensor, Tensor]
          const sides = (values: Tensor) => ({
            chosen: values.slice(0, 0, rows),
            rejected: values.slice(0, rows, 2 * rows),
          })
          const augmented = views.map(
            (view) => bradleyTerry({ ...sides(head.apply(weights, view).squeeze(-1)), mask }).loss,
          )
          const compared =
            parameters.of === 'completions'
              ? views
              : (views.map((view) => {
                  const { chosen, rejected } = sides(view)
                  const difference = chosen.sub(rejected)
                  return concat([difference, difference.neg()])
                }) as [Tensor, Tensor])
          const preference = plain.add(augmented[0]!).add(augmented[1]!).div(3)
          const contrasted = contrastOf(...compared, weights)
          return {
            loss: preference.add(contrasted.mul(weight)),
            metrics: { preference, contrast: contrasted },
          }
        },
        epochs: parameters.epochs,
        batchSize: parameters.batchSize,
        rate: parameters.rate,
        weightDecay: parameters.weightDecay,
        select: parameters.select,
        seed: context.seed,
      },
      context,
    )
    const kept = result.epochs.find(({ epoch }) => epoch === result.epoch)
    const { prototypes: _, ...weights } = result.parameters
    return {
      weights,
      settings: {},
      metrics: {
        epoch: result.epoch,
        ...(kept && { validationAccuracy: kept.accuracy, validationLogLoss: kept.logLoss }),
        ...(result.history.contrast && { contrast: result.history.contrast.at(-1)! }),
      },
      report: { epochs: result.epochs },
    }
  },
  score(weights, { completion }, { hidden, activation: between }) {
    const { head } = layersOf(completion.shape[1]!, hidden)
    const features = featuresOf(weights, completion, hidden, between)
    return { reward: head.apply(weights, features).squeeze(-1) }
  },
})

/** The features that the reward is read from, for comparing completions: [rows, width] → [rows, last of `hidden`]. */
export const rewardFeatures = (
  weights: TensorTree,
  completion: Tensor,
  { hidden, activation: between }: { readonly hidden: readonly number[]; readonly activation: Activation },
): Tensor => featuresOf(weights, completion, hidden, between)
