/**
 * A reward on named features: a small net or a linear model learns from a few hundred preferences how scores that
 * already exist (judges, checks, lengths) combine (paper 46).
 */
import { z } from 'zod'
import { stepsPerEpoch } from '../engine/epoch-order.ts'
import { hostTensor } from '../engine/host-tensor.ts'
import type { Layer } from '../engine/layers/layer.ts'
import { activate, linear } from '../engine/layers/linear.ts'
import { softplus, where } from '../engine/operations.ts'
import { cosineRate, type TensorTree } from '../engine/optimiser.ts'
import { rowsOf } from '../engine/sessions/fill.ts'
import type { Table } from '../engine/sessions/session.ts'
import { constant, matmul, type Tensor } from '../engine/tensor.ts'
import { RandomStream } from '../numerics/random.ts'
import { GuerdonError } from '../records/error.ts'
import { type EncodedPairs, selectPairs } from './encoded-pairs.ts'
import { defineRecipe } from './recipe.ts'
import { type TrainPairsResult, trainPairs } from './train-pairs.ts'

export const featureRewardParameters = z.object({
  hidden: z
    .array(z.number().int().min(1))
    .default([])
    .describe('hidden widths; [] is a linear model, [6, 4, 2] the published net'),
  activation: z.enum(['none', 'relu', 'tanh', 'sigmoid']).default('tanh').describe('of the hidden layers'),
  outputActivation: z
    .enum(['none', 'published'])
    .default('none')
    .describe(
      'published: the activation follows the first and the last layer and no other, as the authors’ code has it',
    ),
  monotone: z.boolean().default(false).describe('no feature may lower the reward: weights are not negative'),
  standardise: z.boolean().default(true).describe('features are centred and scaled as in the training pairs'),
  names: z.array(z.string().min(1)).default([]).describe('of the features, in their order'),
  missing: z
    .enum(['impute', 'drop'])
    .default('impute')
    .describe('a feature that is no number: takes the mean of the training pairs, or its row is left out'),
  leastValid: z
    .number()
    .int()
    .min(1)
    .default(3)
    .describe('features that a row must have to be imputed (all of them, where there are fewer)'),
  epochs: z.number().int().min(1).default(100).describe('passes over the pairs'),
  minimumSteps: z.number().int().min(1).default(500).describe('steps, when the passes would be fewer'),
  maximumSteps: z.number().int().min(1).default(20_000).describe('steps, when the passes would be more'),
  batchSize: z.number().int().min(1).default(32).describe('pairs a step'),
  rate: z.number().positive().default(0.02).describe('largest learning rate; rises for 20 % of the steps'),
  weightDecay: z.number().min(0).default(0.05).describe('AdamW’s decay of the weight matrices'),
  select: z.enum(['best', 'last']).default('best').describe('epoch that is kept, by validation accuracy'),
  restarts: z
    .number()
    .int()
    .min(0)
    .default(5)
    .describe('new starts when the reward is dead: the same for every row'),
})

type FeatureRewardParameters = z.output<typeof featureRewardParameters>

/** What scoring needs of the training pairs: centre and scale of each feature. */
interface FeatureSettings {
  readonly mean: readonly number[]
  readonly scale: readonly number[]
}

/** Layers `features.0`, …: [batch, features] → [batch, 1]. */
function featureNet(width: number, parameters: FeatureRewardParameters): Layer {
  const { hidden, activation, outputActivation, monotone } = parameters
  const widths = [width, ...hidden, 1]
  const last = hidden.length
  const layers = widths
    .slice(1)
    .map((outputs, index) => linear({ name: `features.${index}`, inputs: widths[index]!, outputs }))
  const activated = (index: number): boolean =>
    outputActivation === 'published' ? index === 0 || index === last : index < last
  return {
    initialise: (stream) => Object.assign({}, ...layers.map((layer) => layer.initialise(stream))),
    apply(weights, x) {
      return layers.reduce((h, layer, index) => {
        const name = `features.${index}`
        const out = monotone
          ? matmul(h, softplus(weights[`${name}.weight`]!), false, true).add(weights[`${name}.bias`]!)
          : layer.apply(weights, h)
        return activated(index) ? activate(out, activation) : out
      }, x)
    },
  }
}

/** False for NaN and infinities: their difference with themselves is NaN. */
const isNumber = (x: Tensor): Tensor => x.sub(x).equal(0)

/** Missing features replaced by the training mean; all centred and scaled. */
function prepared(x: Tensor, { mean, scale }: FeatureSettings): Tensor {
  const centre = constant(mean, [mean.length])
  return where(isNumber(x), x, centre.broadcast(x.shape))
    .sub(centre)
    .div(constant(scale, [scale.length]))
}

const CHUNK = 4096

/** Calls back with every row of a table, a chunk of rows in memory at a time. */
function eachRow(table: Table, visit: (row: number, values: ArrayLike<number>, at: number) => void): void {
  const count = table.shape[0]!
  const width = table.shape[1]!
  for (let from = 0; from < count; from += CHUNK) {
    const rows = Int32Array.from({ length: Math.min(CHUNK, count - from) }, (_, index) => from + index)
    const { values } = rowsOf(table, rows, 'features')
    for (let index = 0; index < rows.length; index++) visit(from + index, values, index * width)
  }
}

/** Pairs that may be trained on: both sides have enough features. */
function usablePairs(pairs: EncodedPairs, parameters: FeatureRewardParameters): EncodedPairs {
  const { width, count } = pairs
  const least = parameters.missing === 'drop' ? width : Math.min(parameters.leastValid, width)
  const usable = new Uint8Array(count).fill(1)
  for (const side of [pairs.chosen, pairs.rejected])
    eachRow(side, (row, values, at) => {
      let valid = 0
      for (let column = 0; column < width; column++) if (Number.isFinite(values[at + column]!)) valid++
      if (valid < least) usable[row] = 0
    })
  const rows = Int32Array.from({ length: count }, (_, row) => row).filter((row) => usable[row] === 1)
  return rows.length === count ? pairs : selectPairs(pairs, rows)
}

/** Mean and standard deviation of each feature over both sides; a constant feature has the scale 1. */
function momentsOf(pairs: EncodedPairs, standardise: boolean): FeatureSettings {
  const { width } = pairs
  const counts = new Float64Array(width)
  const sums = new Float64Array(width)
  const squares = new Float64Array(width)
  const sides = [pairs.chosen, pairs.rejected]
  for (const side of sides)
    eachRow(side, (_, values, at) => {
      for (let column = 0; column < width; column++) {
        const value = values[at + column]!
        if (!Number.isFinite(value)) continue
        counts[column]!++
        sums[column]! += value
      }
    })
  const mean = sums.map((sum, column) => (counts[column]! > 0 ? sum / counts[column]! : 0))
  for (const side of sides)
    eachRow(side, (_, values, at) => {
      for (let column = 0; column < width; column++) {
        const value = values[at + column]!
        if (Number.isFinite(value)) squares[column]! += (value - mean[column]!) ** 2
      }
    })
  const scale = squares.map((sum, column) => {
    const deviation = Math.sqrt(sum / Math.max(1, counts[column]!))
    return standardise && deviation > 1e-12 ? deviation : 1
  })
  return { mean: Array.from(mean), scale: Array.from(scale) }
}

/** Copies of both tables without gaps, centred and scaled: gradients never meet a NaN. */
function filledPairs(pairs: EncodedPairs, { mean, scale }: FeatureSettings): EncodedPairs {
  const { width, count } = pairs
  const filled = (table: Table): Table => {
    const values = new Float32Array(count * width)
    eachRow(table, (row, given, at) => {
      for (let column = 0; column < width; column++) {
        const value = given[at + column]!
        values[row * width + column] = Number.isFinite(value) ? (value - mean[column]!) / scale[column]! : 0
      }
    })
    return hostTensor(values, [count, width])
  }
  return { ...pairs, chosen: filled(pairs.chosen), rejected: filled(pairs.rejected) }
}

/** True when the model cannot tell any two training rows apart. */
function isDead(result: TrainPairsResult): boolean {
  const loss = result.history.loss!
  const tail = loss.subarray(Math.max(0, loss.length - 5))
  return tail.every((value) => Math.abs(value - Math.LN2) < 1e-7)
}

export const featureReward = defineRecipe({
  name: 'feature-reward',
  summary:
    'A small or linear model over columns of scores; needs only some hundred pairs and explains itself.',
  paper: {
    slug: '46-domain-knowledge-rm',
    title:
      'Leveraging Domain Knowledge for Efficient Reward Modelling in RLHF: A Case-Study in E-Commerce Opinion Summarization',
    source: 'reward_modelling/model_code.py FFRewardModel; the loss is Bradley–Terry',
  },
  aliases: ['domain features', 'inductive bias'],
  takes: { missingFeatures: true },
  parameters: featureRewardParameters,
  async train(data, parameters, context) {
    const { width } = data.train
    const { names } = parameters
    if (names.length > 0 && names.length !== width)
      throw new GuerdonError('PARAMETER_INVALID', `${names.length} names for ${width} features`, {
        where: { field: 'feature-reward.names' },
      })
    const usable = usablePairs(data.train, parameters)
    const judged = usablePairs(data.validation, parameters)
    if (usable.count === 0)
      throw new GuerdonError('DATA_EMPTY', 'no pair has enough features to train on', {
        found: { pairs: data.train.count },
        hint: 'Lower leastValid, or look for a column that failed',
      })
    const settings = momentsOf(usable, parameters.standardise)
    const train = filledPairs(usable, settings)
    const validation = filledPairs(judged, settings)
    const net = featureNet(width, parameters)
    const { batchSize, minimumSteps, maximumSteps, epochs } = parameters
    const perEpoch = stepsPerEpoch(train.count, Math.min(batchSize, train.count))
    const steps = Math.min(maximumSteps, Math.max(minimumSteps, perEpoch * epochs))
    let result: TrainPairsResult
    let restarts = -1
    do {
      restarts++
      const attempt = restarts === 0 ? 'features' : `features ${restarts}`
      result = await trainPairs(
        { train, validation },
        {
          stage: attempt,
          parameters: net.initialise(new RandomStream(context.seed).derive(attempt)),
          reward: (weights, completion) => net.apply(weights, completion).squeeze(-1),
          epochs,
          batchSize,
          steps,
          rate: cosineRate(parameters.rate, { warmup: 0.2 }),
          weightDecay: parameters.weightDecay,
          select: parameters.select,
          seed: context.seed,
        },
        context,
      )
    } while (isDead(result) && restarts < parameters.restarts)
    if (isDead(result))
      throw new GuerdonError(
        'ROW_INVALID',
        `the reward is the same for every row after ${restarts} restarts`,
        {
          hint: 'Use outputActivation: none, another activation, or a linear model',
        },
      )
    const kept = result.epochs.find(({ epoch }) => epoch === result.epoch)
    return {
      weights: result.parameters,
      settings: { ...settings },
      metrics: {
        epoch: result.epoch,
        restarts,
        pairsLeftOut: data.train.count - usable.count,
        ...(kept && { validationAccuracy: kept.accuracy, validationLogLoss: kept.logLoss }),
        trainLoss: result.history.loss!.at(-1)!,
      },
      report: { names, epochs: result.epochs },
    }
  },
  score(weights: TensorTree, { completion }, parameters, settings) {
    const net = featureNet(completion.shape[1]!, parameters)
    const reward = net
      .apply(weights, prepared(completion, settings as unknown as FeatureSettings))
      .squeeze(-1)
    const width = completion.shape[1]!
    const valid = isNumber(completion).sum(-1).cast('float32')
    const least = parameters.missing === 'drop' ? width : Math.min(parameters.leastValid, width)
    return {
      // A row with too few features has no reward: it is NaN here and invalid with a reason in the signal.
      reward: where(valid.less(least), Number.NaN, reward),
      parts: { missing: valid.neg().add(width) },
    }
  },
})
