/**
 * A head that distrusts labels as far as an ensemble of voters does: labels that the voters reject are flipped,
 * smoothed or kept, and the voters' mean difference is the margin that the loss asks for. Source: paper 16, section 2.
 */
import { z } from 'zod'
import { mlp } from '../engine/layers/mlp.ts'
import { where } from '../engine/operations.ts'
import type { Tensor } from '../engine/tensor.ts'
import type { LossResult } from '../engine/trainer.ts'
import { flipByStrength } from '../numerics/flip-by-strength.ts'
import type { PreferenceStrength } from '../numerics/preference-strength.ts'
import { RandomStream } from '../numerics/random.ts'
import { strengthGroups } from '../numerics/strength-groups.ts'
import { bradleyTerry } from '../objectives/bradley-terry.ts'
import { bradleyTerrySmoothed } from '../objectives/bradley-terry-smoothed.ts'
import { pairMean } from '../objectives/pair-mean.ts'
import { adaptiveMargin, softLabelMargin } from '../objectives/strength-margin.ts'
import { GuerdonError } from '../records/error.ts'
import { headParameters } from './bradley-terry-head.ts'
import { columnTable } from './encoded-pairs.ts'
import { defineRecipe, type RecipeContext, type TrainingSplit } from './recipe.ts'
import { voteStrength } from './strength-votes.ts'
import { type TrainPairsResult, trainPairs } from './train-pairs.ts'

const { hidden, activation, epochs, batchSize, rate, weightDecay, select } = headParameters

export interface StrengthTraining {
  readonly hidden: readonly number[]
  readonly activation: 'none' | 'relu' | 'tanh' | 'silu'
  readonly epochs: number
  readonly batchSize: number
  readonly rate: number
  readonly weightDecay: number
  readonly select: 'best' | 'last'
  /** what happens to labels that are marked as incorrect */
  readonly incorrect: 'keep' | 'flip' | 'smooth'
  /** α where `incorrect` is `smooth` */
  readonly smoothing: number
  /** the voters' mean difference as margin */
  readonly margin: boolean
}

/**
 * Trains a head on pairs with known strengths. Flipped pairs have the margin |μ̂|; others keep theirs, a negative one
 * where the voters reject a label that stays.
 *
 * @param strength μ̂ of each training pair
 * @param incorrect 1 where the label counts as incorrect
 * @throws GuerdonError ARGUMENT_INVALID when there is not one strength and one mark a pair; what `trainPairs` throws
 */
export function trainWithStrength(
  data: TrainingSplit,
  strength: Float64Array,
  incorrect: Uint8Array,
  options: StrengthTraining,
  context: RecipeContext,
): Promise<TrainPairsResult> {
  const { train } = data
  if (strength.length !== train.count || incorrect.length !== train.count)
    throw new GuerdonError('ARGUMENT_INVALID', 'every pair needs one strength and one mark', {
      found: [strength.length, incorrect.length],
      expected: `${train.count} of each`,
    })
  const flips = options.incorrect === 'flip'
  const head = mlp({
    name: 'head',
    widths: [train.width, ...options.hidden, 1],
    activation: options.activation,
  })
  return trainPairs(
    data,
    {
      stage: 'head',
      parameters: head.initialise(new RandomStream(context.seed).derive('head')),
      reward: (weights, completion) => head.apply(weights, completion).squeeze(-1),
      columns: {
        strength: columnTable(
          strength.map((mean, pair) => (flips && incorrect[pair] === 1 ? Math.abs(mean) : mean)),
        ),
        incorrect: columnTable(incorrect),
        mask: columnTable(train.tie.map((tie) => 1 - tie)),
      },
      loss: (rewards, batch) =>
        lossOf(rewards, batch as Record<'strength' | 'incorrect' | 'mask', Tensor>, options),
      epochs: options.epochs,
      batchSize: options.batchSize,
      rate: options.rate,
      weightDecay: options.weightDecay,
      select: options.select,
      seed: context.seed,
    },
    context,
  )
}

function lossOf(
  { chosen, rejected }: { readonly chosen: Tensor; readonly rejected: Tensor },
  { strength, incorrect, mask }: Readonly<Record<'strength' | 'incorrect' | 'mask', Tensor>>,
  { incorrect: action, smoothing, margin }: StrengthTraining,
): LossResult {
  const marked = incorrect.greater(0)
  // A flip is an exchange of rewards, so that pairs in files can be flipped too.
  const rewards =
    action === 'flip'
      ? { chosen: where(marked, rejected, chosen), rejected: where(marked, chosen, rejected), mask }
      : { chosen, rejected, mask }
  if (action === 'smooth') {
    const smoothed = margin
      ? softLabelMargin({ ...rewards, strength }, { smoothing })
      : bradleyTerrySmoothed(rewards, { smoothing })
    const plain = margin ? adaptiveMargin({ ...rewards, strength }) : bradleyTerry(rewards)
    return pairMean(where(marked, smoothed.perRow!, plain.perRow!), mask)
  }
  return (margin ? adaptiveMargin({ ...rewards, strength }) : bradleyTerry(rewards)).loss
}

/** The 20 groups of the paper's figure 2: pairs in ascending order of μ̂. */
export interface StrengthReport {
  readonly groups: readonly { readonly pairs: number; readonly mean: number; readonly deviation: number }[]
  /** share of pairs whose label the voters reject, μ̂ < 0 */
  readonly rejected: number
  /** pairs that were flipped, smoothed, or marked and kept */
  readonly marked: number
  readonly epochs: TrainPairsResult['epochs']
}

export function strengthReport(
  { mean, std }: PreferenceStrength,
  incorrect: Uint8Array,
): Omit<StrengthReport, 'epochs'> {
  const groups = strengthGroups(mean, std)
  return {
    groups: Array.from(groups.size, (pairs, group) => ({
      pairs,
      mean: groups.mean[group]!,
      deviation: groups.std[group]!,
    })),
    rejected: mean.filter((value) => value < 0).length / Math.max(1, mean.length),
    marked: incorrect.reduce((sum, mark) => sum + mark, 0),
  }
}

export const strengthAware = defineRecipe({
  name: 'strength-aware',
  summary: 'Voters find labels that look wrong; these are flipped or smoothed, and strengths become margins.',
  paper: {
    slug: '16-secrets-rlhf-2',
    title: 'Secrets of RLHF in Large Language Models, Part II: Reward Modeling',
    source: 'section 2, equations 4 to 6',
  },
  aliases: ['secrets of rlhf', 'preference strength', 'label flip', 'denoising', 'adaptive margin'],
  parameters: z.object({
    hidden,
    activation,
    epochs,
    batchSize,
    rate,
    weightDecay,
    select,
    incorrect: z
      .enum(['keep', 'flip', 'smooth'])
      .default('flip')
      .describe('what happens to labels that the voters reject'),
    margin: z.boolean().default(true).describe('the voters’ mean difference is the margin of the loss'),
    smoothing: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe('α where incorrect is smooth; ½ removes the preference'),
    weakest: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe('share of the weakest pairs to mark instead of those with μ̂ < 0; harms clean data'),
    voters: z.number().int().min(1).default(5).describe('M; the paper has 10'),
    folds: z
      .number()
      .int()
      .min(1)
      .default(2)
      .describe(
        'a voter is so many models, each judging the prompts it has not seen; 1: one that has seen all',
      ),
    voterEpochs: z
      .number()
      .int()
      .min(1)
      .default(6)
      .describe('passes of a voter; long ones memorise wrong labels'),
  }),
  async train(data, parameters, context) {
    const { voters, folds, voterEpochs, weakest, ...training } = parameters
    const { incorrect: _action, margin: _margin, smoothing: _smoothing, ...heads } = training
    const votes = await voteStrength(data, { ...heads, voters, folds, epochs: voterEpochs }, context)
    const { mean } = votes.train
    const incorrect = flipByStrength(
      mean,
      weakest === undefined ? { rule: 'negative' } : { rule: 'quantile', quantile: weakest },
    )
    const result = await trainWithStrength(data, mean, incorrect, training, context)
    const kept = result.epochs.find(({ epoch }) => epoch === result.epoch)
    const report = strengthReport(votes.train, incorrect)
    const agreed = votes.validation.mean.filter((value) => value > 0).length
    return {
      weights: result.parameters,
      settings: {},
      metrics: {
        epoch: result.epoch,
        rejectedByVoters: report.rejected,
        marked: report.marked,
        ...(kept && { validationAccuracy: kept.accuracy, validationLogLoss: kept.logLoss }),
        ...(data.validation.count > 0 && { votersOnValidation: agreed / data.validation.count }),
      },
      report: { ...report, epochs: result.epochs } satisfies StrengthReport,
    }
  },
  score(weights, { completion }, parameters) {
    const head = mlp({
      name: 'head',
      widths: [completion.shape[1]!, ...parameters.hidden, 1],
      activation: parameters.activation,
    })
    return { reward: head.apply(weights, completion).squeeze(-1) }
  },
})
