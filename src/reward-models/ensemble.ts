/**
 * Several heads on one frozen encoder, trained on the same pairs from different seeds, and one reward out of theirs
 * (paper 17). Their disagreement is a second column: what is rewarded where they disagree was not learned from the data.
 * Errors that all members share stay: members on one encoder share much; models on different encoders share less.
 */
import { z } from 'zod'
import type { Parameters } from '../engine/host-tensor.ts'
import { mlp } from '../engine/layers/mlp.ts'
import { sort, stack } from '../engine/operations.ts'
import { cosineRate } from '../engine/optimiser.ts'
import { constant, type Tensor } from '../engine/tensor.ts'
import { rankAgreement } from '../numerics/member-agreement.ts'
import { RandomStream } from '../numerics/random.ts'
import { type ReferenceMoments, referenceMoments } from '../numerics/standardise-members.ts'
import { bradleyTerry } from '../objectives/bradley-terry.ts'
import { GuerdonError } from '../records/error.ts'
import { bradleyTerryHead, headParameters } from './bradley-terry-head.ts'
import { type EncodedPairs, selectPairs } from './encoded-pairs.ts'
import { defineRecipe, type Recipe } from './recipe.ts'
import { openRowScorer } from './score-rows.ts'
import { trainPairs } from './train-pairs.ts'

const AGGREGATES = ['mean', 'median', 'min', 'mean-minus-std', 'uwo'] as const

/** Rewards of members on one scale, [batch, members], to one reward a row; variances are ÷ M. */
function aggregated(rewards: Tensor, aggregate: (typeof AGGREGATES)[number], coefficient: number): Tensor {
  const members = rewards.shape[1]!
  const mean = rewards.mean(1)
  const variance = rewards.sub(rewards.mean(1, true)).square().mean(1)
  switch (aggregate) {
    case 'mean':
      return mean
    case 'min':
      return rewards.min(1)
    case 'median': {
      const sorted = sort(rewards)
      const middle = members >> 1
      return members % 2 === 1
        ? sorted.at(1, middle)
        : sorted
            .at(1, middle - 1)
            .add(sorted.at(1, middle))
            .mul(0.5)
    }
    case 'mean-minus-std':
      return mean.sub(variance.sqrt().mul(coefficient))
    case 'uwo':
      return mean.sub(variance.mul(coefficient))
  }
}

/** A member's weights when it starts: layers below the last follow the trunk's stream, the last one the head's. */
function initial(
  widths: readonly number[],
  activation: 'none' | 'relu' | 'tanh' | 'silu',
  trunk: RandomStream,
  head: RandomStream,
): Parameters {
  const net = mlp({ name: 'head', widths, activation })
  const [below, last] = [net.initialise(trunk), net.initialise(head)]
  const ofLast = `head.${widths.length - 2}.`
  return Object.fromEntries(
    Object.keys(below).map((name) => [name, (name.startsWith(ofLast) ? last : below)[name]!]),
  )
}

/** Rewards of a member on reference items: both sides of up to `most` / 2 pairs. */
async function referenceScores(
  pairs: EncodedPairs,
  weights: Parameters,
  parameters: Readonly<Record<string, unknown>>,
  most: number,
): Promise<Float64Array> {
  const count = Math.min(pairs.count, Math.ceil(most / 2))
  // Evenly spread over the pairs, the same for every member.
  const rows = Int32Array.from({ length: count }, (_, index) => Math.floor((index * pairs.count) / count))
  const chosen = selectPairs(pairs, rows)
  const scorer = await openRowScorer({
    recipe: bradleyTerryHead as unknown as Recipe,
    parameters,
    weights,
    settings: {},
    width: pairs.width,
  })
  try {
    const scores = new Float64Array(2 * count)
    scores.set((await scorer.score({ completion: chosen.chosen })).reward)
    scores.set((await scorer.score({ completion: chosen.rejected })).reward, count)
    return scores
  } finally {
    await scorer.close()
  }
}

export const ensemble = defineRecipe({
  name: 'ensemble',
  summary:
    'Heads of several seeds and their disagreement: less noise than one head, and a warning where nothing was learned.',
  paper: {
    slug: '17-ensembles',
    title: 'Helping or Herding? Reward Model Ensembles Mitigate but do not Eliminate Reward Hacking',
    source: 'section 3; UWO: Coste et al., src/bon/ensemble_rm.py',
  },
  aliases: ['reward model ensemble', 'ensemble-training', 'deep ensemble'],
  parameters: z.object({
    ...headParameters,
    members: z.number().int().min(2).max(64).default(5).describe('how many'),
    vary: z
      .array(z.enum(['trunk', 'head', 'order']))
      .min(1)
      .default(['trunk', 'head', 'order'])
      .describe('what has a seed of its own: hidden layers, last layer, order of the pairs'),
    aggregate: z
      .enum(AGGREGATES)
      .default('mean')
      .describe('of the members’ standardised rewards; uwo: mean − coefficient · variance'),
    coefficient: z.number().min(0).default(0.5).describe('of mean-minus-std and uwo'),
    centring: z
      .number()
      .min(0)
      .default(0.01)
      .describe('η of mean((chosen + rejected)²): keeps the members’ offsets comparable'),
    reference: z
      .number()
      .int()
      .min(2)
      .default(4000)
      .describe('items (validation pairs, both sides) on which each member gets mean 0 and deviation 1'),
  }),
  async train(data, parameters, context) {
    const { width } = data.train
    const { members, hidden, activation, vary, centring } = parameters
    if (hidden.length === 0 && vary.every((what) => what === 'trunk'))
      throw new GuerdonError('PARAMETER_INVALID', 'members without hidden layers have no trunk to vary', {
        where: { field: 'ensemble.vary' },
        expected: 'head or order as well',
      })
    const widths = [width, ...hidden, 1]
    const root = new RandomStream(context.seed)
    const streamOf = (what: (typeof vary)[number], member: number): RandomStream =>
      root.derive(vary.includes(what) ? `${what} ${member}` : what)
    const weights: Record<string, Parameters[string]> = {}
    const moments: ReferenceMoments[] = []
    const scores: Float64Array[] = []
    const accuracies: (number | null)[] = []
    const reference = data.validation.count > 0 ? data.validation : data.train
    for (let member = 0; member < members; member++) {
      const result = await trainPairs(
        data,
        {
          stage: `member ${member + 1} of ${members}`,
          parameters: initial(widths, activation, streamOf('trunk', member), streamOf('head', member)),
          reward: (head, completion) =>
            mlp({ name: 'head', widths, activation }).apply(head, completion).squeeze(-1),
          loss: (rewards) => bradleyTerry(rewards, { centring }).loss,
          epochs: parameters.epochs,
          batchSize: parameters.batchSize,
          rate:
            parameters.schedule === 'cosine'
              ? cosineRate(parameters.rate, { warmup: 0.05 })
              : parameters.rate,
          weightDecay: parameters.weightDecay,
          select: parameters.select,
          seed: streamOf('order', member).below(2 ** 31),
        },
        context,
      )
      const own = await referenceScores(reference, result.parameters, parameters, parameters.reference)
      scores.push(own)
      moments.push(referenceMoments(own))
      accuracies.push(result.epochs.find(({ epoch }) => epoch === result.epoch)?.accuracy ?? null)
      for (const [name, value] of Object.entries(result.parameters))
        weights[`members.${member}.${name.slice('head.'.length)}`] = value
    }
    const agreement = rankAgreement(scores.map((own) => [own]))
    const others = agreement.reduce((sum, value) => sum + value, 0) - members
    return {
      weights,
      settings: { moments },
      metrics: { rankAgreement: others / (members * (members - 1)) },
      report: { members: moments.map((own, member) => ({ ...own, validationAccuracy: accuracies[member] })) },
    }
  },
  score(weights, { completion }, parameters, settings) {
    const { members, hidden, activation, aggregate, coefficient } = parameters
    const moments = settings.moments as readonly ReferenceMoments[]
    const widths = [completion.shape[1]!, ...hidden, 1]
    const raw = Array.from({ length: members }, (_, member) =>
      mlp({ name: `members.${member}`, widths, activation })
        .apply(weights, completion)
        .squeeze(-1),
    )
    const scale = moments.map(({ standardDeviation }) => (standardDeviation < 1e-8 ? 1 : standardDeviation))
    const rewards = stack(raw, 1)
      .sub(
        constant(
          moments.map(({ mean }) => mean),
          [members],
        ),
      )
      .div(constant(scale, [members]))
    const deviation = rewards.sub(rewards.mean(1, true)).square().mean(1).sqrt()
    return {
      reward: aggregated(rewards, aggregate, coefficient),
      parts: {
        uncertainty: deviation,
        ...Object.fromEntries(raw.map((_, member) => [`member-${member + 1}`, rewards.at(1, member)])),
      },
    }
  },
})
