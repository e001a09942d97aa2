/**
 * MetaRM: a head that keeps telling the current policy's responses apart. Each step first moves the weights so that
 * unlabelled responses differ more, and applies the gradient of the preference loss found there to the weights before
 * the move. Source: paper 16, section 5 and Algorithm 1.
 */
import { z } from 'zod'
import { type HostTensor, hostTensor } from '../engine/host-tensor.ts'
import { mlp } from '../engine/layers/mlp.ts'
import { gather } from '../engine/operations.ts'
import { RandomStream } from '../numerics/random.ts'
import { bradleyTerry } from '../objectives/bradley-terry.ts'
import { metaRewardGradients, responseDifference } from '../objectives/meta-reward.ts'
import { GuerdonError } from '../records/error.ts'
import { headParameters } from './bradley-terry-head.ts'
import { columnTable, type EncodedPairs, selectPairs } from './encoded-pairs.ts'
import { defineRecipe, type RecipeContext, type TrainingSplit } from './recipe.ts'
import { type TrainPairsResult, trainPairs } from './train-pairs.ts'

const { hidden, activation, epochs, batchSize, rate, weightDecay, select } = headParameters

/** Responses of the current policy without labels. */
export interface MetaSet {
  readonly prompts: number
  /** k, as many for each prompt */
  readonly responses: number
  /** row-major, prompts × k × width */
  readonly embeddings: Float32Array
}

export interface MetaRewardTraining {
  readonly hidden: readonly number[]
  readonly activation: 'none' | 'relu' | 'tanh' | 'silu'
  readonly epochs: number
  readonly batchSize: number
  readonly rate: number
  readonly weightDecay: number
  readonly select: 'best' | 'last'
  /** η: how far the weights move along the gradient of the responses' difference */
  readonly metaRate: number
}

/** Name of the constant that holds the responses inside the program; it is no weight. */
const RESPONSES = 'meta responses'

/**
 * Trains a head as MetaRM does. Every labelled pair is given one prompt of the meta set, dealt out evenly at random, so
 * that a batch of pairs brings a batch of prompts.
 *
 * @throws GuerdonError DATA_EMPTY without responses; ARGUMENT_INVALID for embeddings of another size
 */
export async function trainMetaReward(
  data: TrainingSplit,
  { prompts, responses, embeddings }: MetaSet,
  options: MetaRewardTraining,
  context: RecipeContext,
): Promise<TrainPairsResult> {
  const { train } = data
  const { width } = train
  if (prompts === 0 || responses === 0)
    throw new GuerdonError('DATA_EMPTY', 'the meta set has no responses', {
      expected: 'responses of the current policy, several a prompt',
    })
  if (embeddings.length !== prompts * responses * width)
    throw new GuerdonError('ARGUMENT_INVALID', `${embeddings.length} numbers in the meta set`, {
      expected: `${prompts} prompts × ${responses} responses × ${width}`,
    })
  const stream = new RandomStream(context.seed)
  const head = mlp({ name: 'head', widths: [width, ...options.hidden, 1], activation: options.activation })
  const dealt = stream
    .derive('meta prompts')
    .shuffle(Array.from({ length: train.count }, (_, row) => row % prompts))
  const frozen = (name: string): boolean => name === RESPONSES
  const found = metaRewardGradients({
    difference(weights, batch) {
      const own = gather(weights[RESPONSES]!, batch.meta!).reshape([-1, width])
      return responseDifference(head.apply(weights, own).reshape([-1, responses]))
    },
    loss(weights, { chosen, rejected, untied }) {
      const rewardOf = (side: typeof chosen) => head.apply(weights, side!).squeeze(-1)
      return bradleyTerry({ chosen: rewardOf(chosen), rejected: rewardOf(rejected), mask: untied! }).loss
    },
    metaRate: options.metaRate,
    frozen,
  })
  const result = await trainPairs(
    data,
    {
      stage: 'meta reward',
      parameters: {
        ...head.initialise(stream.derive('head')),
        [RESPONSES]: hostTensor(embeddings, [prompts, responses * width]),
      },
      reward: (weights, completion) => head.apply(weights, completion).squeeze(-1),
      columns: {
        meta: hostTensor(Int32Array.from(dealt), [train.count], 'int32'),
        untied: columnTable(train.tie.map((tie) => 1 - tie)),
      },
      gradients: found,
      frozen,
      epochs: options.epochs,
      batchSize: options.batchSize,
      rate: options.rate,
      weightDecay: options.weightDecay,
      select: options.select,
      seed: context.seed,
    },
    context,
  )
  const { [RESPONSES]: _, ...parameters } = result.parameters
  return { ...result, parameters }
}

const valuesOf = (table: EncodedPairs['chosen']): HostTensor['values'] => {
  if ('path' in table)
    throw new GuerdonError('ARGUMENT_INVALID', 'responses in a file cannot be a meta set', {
      hint: 'Give fewer responses, so that their embeddings fit into memory',
    })
  return table.values
}

/** Both completions of every pair as two responses of its prompt. */
export function metaSetOfPairs(pairs: EncodedPairs): MetaSet {
  const { count, width } = pairs
  const [chosen, rejected] = [valuesOf(pairs.chosen), valuesOf(pairs.rejected)]
  const embeddings = new Float32Array(2 * count * width)
  for (let row = 0; row < count; row++) {
    const [from, to] = [row * width, (row + 1) * width]
    embeddings.set(chosen.subarray(from, to) as Float32Array, 2 * from)
    embeddings.set(rejected.subarray(from, to) as Float32Array, 2 * from + width)
  }
  return { prompts: count, responses: 2, embeddings }
}

export const metaReward = defineRecipe({
  name: 'meta-reward',
  summary: 'Keeps a reward able to tell the current policy’s responses apart, which need no labels (MetaRM).',
  paper: {
    slug: '16-secrets-rlhf-2',
    title: 'Secrets of RLHF in Large Language Models, Part II: Reward Modeling',
    source: 'section 5, Algorithm 1',
  },
  aliases: ['MetaRM', 'meta learning'],
  needs: { sources: true },
  parameters: z.object({
    metaSource: z
      .string()
      .default('policy')
      .describe(
        'source whose pairs are responses of the current policy; which of the two is chosen is not read',
      ),
    metaRate: z.number().min(0).default(0.005).describe('η; 0 is plain Bradley–Terry'),
    hidden,
    activation,
    epochs,
    batchSize,
    rate,
    weightDecay,
    select,
  }),
  async train({ train, validation }, { metaSource, ...options }, context) {
    const { codes, names } = train.sources
    const code = names.indexOf(metaSource)
    const rows = (own: boolean): Int32Array =>
      Int32Array.from(codes.keys()).filter((row) => (code >= 0 && codes[row] === code) === own)
    const meta = rows(true)
    if (meta.length === 0)
      throw new GuerdonError('DATA_EMPTY', `no pair has the source "${metaSource}"`, {
        found: names,
        hint: 'Give responses of the current policy as pairs with a source of their own, and name it in metaSource',
      })
    const own = Int32Array.from(validation.sources.codes.keys()).filter(
      (row) => validation.sources.names[validation.sources.codes[row]!] !== metaSource,
    )
    const result = await trainMetaReward(
      { train: selectPairs(train, rows(false)), validation: selectPairs(validation, own) },
      metaSetOfPairs(selectPairs(train, meta)),
      options,
      context,
    )
    const kept = result.epochs.find(({ epoch }) => epoch === result.epoch)
    return {
      weights: result.parameters,
      settings: {},
      metrics: {
        epoch: result.epoch,
        metaPrompts: meta.length,
        ...(kept && { validationAccuracy: kept.accuracy, validationLogLoss: kept.logLoss }),
      },
      report: { epochs: result.epochs },
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
