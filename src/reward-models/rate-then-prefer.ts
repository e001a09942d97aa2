/**
 * Ratings first, preferences second, on one set of weights: regression on the scores of both completions, then
 * Bradley–Terry on the labels from the regression's weights, output layer included, then a step further in the same
 * direction (ExPO), θ = θ_rate + α·(θ_prefer − θ_rate), with α chosen on the validation pairs. Source: paper 25.
 */
import { z } from 'zod'
import { hostTensor, type Parameters } from '../engine/host-tensor.ts'
import { mlp } from '../engine/layers/mlp.ts'
import { concat } from '../engine/operations.ts'
import type { TensorTree } from '../engine/optimiser.ts'
import type { LossResult } from '../engine/trainer.ts'
import { RandomStream } from '../numerics/random.ts'
import { maskedRegression } from '../objectives/masked-regression.ts'
import { strengthBradleyTerry } from '../objectives/strength-bradley-terry.ts'
import { GuerdonError } from '../records/error.ts'
import { headParameters } from './bradley-terry-head.ts'
import { columnTable, type EncodedPairs } from './encoded-pairs.ts'
import { defineRecipe, type RecipeContext, type ScoreInputs } from './recipe.ts'
import { openRowScorer } from './score-rows.ts'
import { pairQuality, type TrainPairsResult, trainPairs } from './train-pairs.ts'
import { extrapolateParameters } from './weight-extrapolation.ts'

/** The label of a completion without a score. */
const NOT_RATED = -100

const { hidden, activation, batchSize, weightDecay, select } = headParameters

/** Scores as labels of a regression; what is not known is not rated. */
const ratings = (scores: Float64Array) =>
  columnTable(scores.map((score) => (Number.isNaN(score) ? NOT_RATED : score)))

/** One α of the search: quality on the validation pairs, and where the rewards lie. */
export interface ExtrapolationPoint {
  readonly factor: number
  readonly accuracy: number
  readonly logLoss: number
  readonly mean: number
  readonly lowest: number
  readonly highest: number
}

export const rateThenPrefer = defineRecipe({
  name: 'rate-then-prefer',
  summary: 'Regression on ratings, then Bradley–Terry on preferences from its weights, then extrapolation.',
  paper: {
    slug: '25-helpsteer2-preference',
    title: 'HelpSteer2-Preference: Complementing Ratings with Preferences',
    source: 'sections 3 and 4',
  },
  aliases: ['helpsteer', 'scaled Bradley–Terry', 'ExPO', 'regression then preference'],
  needs: { scores: true },
  parameters: z.object({
    hidden,
    activation,
    batchSize,
    weightDecay,
    select,
    rateEpochs: z.number().int().min(0).default(10).describe('passes of the regression; 0 leaves it out'),
    preferEpochs: z.number().int().min(0).default(10).describe('passes of Bradley–Terry; 0 leaves it out'),
    rate: z.number().positive().default(1e-3).describe('learning rate of the regression'),
    preferRate: z
      .number()
      .positive()
      .optional()
      .describe('learning rate of Bradley–Terry; half of `rate` unless told'),
    startAtMean: z
      .boolean()
      .default(true)
      .describe('the regression starts with the output’s bias at the mean rating'),
    kind: z
      .enum(['regular', 'margin', 'scaled'])
      .default('scaled')
      .describe('whether the strength of a label is ignored, a margin or a weight'),
    factors: z
      .array(z.number().min(0))
      .min(1)
      .default([1, 1.1, 1.25, 1.5, 1.75, 2])
      .describe('α to choose from on the validation pairs; [1] leaves extrapolation out'),
  }),
  async train({ train, validation }, parameters, context) {
    const { rateEpochs, preferEpochs, kind } = parameters
    check(train, parameters)
    const head = mlp({
      name: 'head',
      widths: [train.width, ...parameters.hidden, 1],
      activation: parameters.activation,
    })
    const drawn = head.initialise(new RandomStream(context.seed).derive('head'))
    const start =
      rateEpochs > 0 && parameters.startAtMean ? startAtMean(drawn, train, parameters.hidden.length) : drawn
    const common = {
      reward: (weights: TensorTree, completion: ScoreInputs['completion']) =>
        head.apply(weights, completion).squeeze(-1),
      batchSize: parameters.batchSize,
      weightDecay: parameters.weightDecay,
      select: parameters.select,
      seed: context.seed,
    }
    const stages: Record<string, TrainPairsResult['epochs']> = {}
    let kept: TrainPairsResult['epochs'][number] | undefined
    const keptOf = ({ epochs, epoch }: TrainPairsResult) => epochs.find((entry) => entry.epoch === epoch)
    let rated: Parameters | undefined
    if (rateEpochs > 0) {
      const result = await trainPairs(
        { train, validation },
        {
          ...common,
          stage: 'rate',
          parameters: start,
          columns: { chosenScore: ratings(train.chosenScore), rejectedScore: ratings(train.rejectedScore) },
          loss: ({ chosen, rejected }, batch) =>
            maskedRegression(
              {
                prediction: concat([chosen, rejected]),
                label: concat([batch.chosenScore!, batch.rejectedScore!]),
              },
              { ignore: NOT_RATED },
            ).loss,
          epochs: rateEpochs,
          rate: parameters.rate,
        },
        context,
      )
      stages.rate = result.epochs
      rated = result.parameters
      kept = keptOf(result)
    }
    let preferred: Parameters | undefined
    if (preferEpochs > 0) {
      const result = await trainPairs(
        { train, validation },
        {
          ...common,
          stage: 'prefer',
          parameters: rated ?? start,
          columns: {
            // The second completion is the chosen one, so labels are positive.
            label: columnTable(
              train.strength.map((strength) => (Number.isNaN(strength) ? 1 : Math.abs(strength))),
            ),
            mask: columnTable(train.tie.map((tie) => 1 - tie)),
          },
          loss: ({ chosen, rejected }, { label, mask }): LossResult =>
            strengthBradleyTerry({ first: rejected, second: chosen, label: label!, mask: mask! }, { kind })
              .loss,
          epochs: preferEpochs,
          rate: parameters.preferRate ?? parameters.rate / 2,
        },
        context,
      )
      stages.prefer = result.epochs
      preferred = result.parameters
      kept = keptOf(result)
    }
    const both = rated !== undefined && preferred !== undefined && validation.count > 0
    const curve: ExtrapolationPoint[] = []
    let weights = preferred ?? rated!
    let best: ExtrapolationPoint | undefined
    for (const factor of both ? parameters.factors : []) {
      const candidate = extrapolateParameters(rated!, preferred!, factor)
      const point = { factor, ...(await quality(candidate, parameters, validation, context)) }
      curve.push(point)
      const ahead = point.accuracy - (best?.accuracy ?? Number.NEGATIVE_INFINITY)
      if (ahead > 0 || (ahead === 0 && point.logLoss < best!.logLoss)) {
        best = point
        weights = candidate
      }
    }
    const last = best ?? kept
    return {
      weights,
      settings: {},
      metrics: {
        factor: best?.factor ?? 1,
        ...(last && { validationAccuracy: last.accuracy, validationLogLoss: last.logLoss }),
      },
      report: { stages, extrapolation: curve },
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

/** The output's bias at the mean rating: otherwise the first epochs are spent on finding where the scale lies. */
function startAtMean(
  drawn: Parameters,
  { chosenScore, rejectedScore }: EncodedPairs,
  layer: number,
): Parameters {
  let sum = 0
  let rated = 0
  for (const side of [chosenScore, rejectedScore])
    for (const score of side) {
      if (Number.isNaN(score)) continue
      sum += score
      rated++
    }
  return { ...drawn, [`head.${layer}.bias`]: hostTensor([sum / rated], [1]) }
}

function check(
  { chosenScore, rejectedScore, strength }: EncodedPairs,
  { rateEpochs, preferEpochs, kind }: { rateEpochs: number; preferEpochs: number; kind: string },
): void {
  if (rateEpochs === 0 && preferEpochs === 0)
    throw new GuerdonError('PARAMETER_INVALID', 'neither stage has any epochs', {
      expected: 'rateEpochs or preferEpochs above 0',
    })
  if (rateEpochs > 0 && chosenScore.every(Number.isNaN) && rejectedScore.every(Number.isNaN))
    throw new GuerdonError('DATA_EMPTY', 'no completion has a score, so there is nothing to rate', {
      hint: 'Give the data chosen_score and rejected_score, or set rateEpochs to 0',
    })
  if (preferEpochs > 0 && kind !== 'regular' && strength.every(Number.isNaN))
    throw new GuerdonError('DATA_EMPTY', `no pair has a strength, which "${kind}" needs`, {
      hint: 'Give the data a strength for each pair, or use kind: regular',
    })
}

/** Accuracy and log-loss of weights on pairs, with the mean and the ends of the rewards. */
async function quality(
  weights: Parameters,
  parameters: z.output<typeof rateThenPrefer.parameters>,
  pairs: EncodedPairs,
  context: RecipeContext,
): Promise<Omit<ExtrapolationPoint, 'factor'>> {
  const scorer = await openRowScorer(
    { recipe: rateThenPrefer as never, parameters, weights, settings: {}, width: pairs.width },
    { worker: context.worker ?? true },
  )
  try {
    const { reward: chosen } = await scorer.score({ completion: pairs.chosen })
    const { reward: rejected } = await scorer.score({ completion: pairs.rejected })
    let sum = 0
    let lowest = Number.POSITIVE_INFINITY
    let highest = Number.NEGATIVE_INFINITY
    for (const side of [chosen, rejected])
      for (const reward of side) {
        sum += reward
        lowest = Math.min(lowest, reward)
        highest = Math.max(highest, reward)
      }
    return { ...pairQuality(chosen, rejected, pairs.tie), mean: sum / (2 * pairs.count), lowest, highest }
  } finally {
    await scorer.close()
  }
}
