/**
 * Rewards of many users from their pairs, without groups: each user has a latent that an encoder infers from some of
 * their own pairs, and the reward reads it (paper 55, VPL). A new user needs a few pairs and no training.
 */

import { join } from 'node:path'
import { adamw } from '../engine/adamw.ts'
import { fit } from '../engine/fit.ts'
import { hostTensor } from '../engine/host-tensor.ts'
import { concat, split } from '../engine/operations.ts'
import { cosineRate } from '../engine/optimiser.ts'
import { constant, type Tensor } from '../engine/tensor.ts'
import { annealingWeight } from '../numerics/annealer.ts'
import { RandomStream } from '../numerics/random.ts'
import { drawLatent, toPriorLength } from '../objectives/gaussian-latent.ts'
import { variationalPreference } from '../objectives/variational-preference.ts'
import { GuerdonError } from '../records/error.ts'
import type { EncodedPairs } from './encoded-pairs.ts'
import { defineRecipe, type Recipe, type TrainedRewardModel } from './recipe.ts'
import { openRowScorer } from './score-rows.ts'
import { pairQuality } from './train-pairs.ts'
import { asUserVectors, userPosteriors } from './user-posterior.ts'
import { rowsByUser, userSets } from './user-sets.ts'
import {
  type VariationalParameters,
  variationalNetwork,
  variationalParameters,
} from './variational-network.ts'

/** Log-loss and accuracy of held-out pairs, of users whose training pairs are known and of others. */
async function judged(
  model: TrainedRewardModel,
  parameters: VariationalParameters,
  pairs: EncodedPairs,
): Promise<Record<string, number>> {
  if (pairs.count === 0) return {}
  const scorer = await openRowScorer({
    recipe: variationalPreferences as unknown as Recipe,
    parameters,
    weights: model.weights,
    settings: {},
    users: model.users!,
    width: pairs.width,
  })
  try {
    const users = Array.from(pairs.users.codes, (code) => pairs.users.names[code])
    const chosen = await scorer.score({ completion: pairs.chosen, users })
    const rejected = await scorer.score({ completion: pairs.rejected, users })
    const { accuracy, logLoss } = pairQuality(chosen.reward, rejected.reward, pairs.tie)
    const known = new Set(model.users!.names)
    const share = users.filter((user) => user !== undefined && known.has(user)).length / pairs.count
    return { validationAccuracy: accuracy, validationLogLoss: logLoss, validationKnownUsers: share }
  } finally {
    await scorer.close()
  }
}

export const variationalPreferences = defineRecipe({
  name: 'variational-preferences',
  summary:
    'A reward for each user from a few of their own pairs, for users who disagree and belong to no known group.',
  paper: {
    slug: '55-vpl',
    title: 'Personalizing RLHF with Variational Preference Learning',
    source: 'pref_learn/models/vae.py; hidden_context/vae_utils.py',
  },
  aliases: ['VPL', 'personal reward', 'user latent'],
  needs: { users: true },
  parameters: variationalParameters,
  async train({ train, validation }, parameters, context) {
    if (train.count === 0) throw new GuerdonError('DATA_EMPTY', 'there are no preference pairs to train on')
    const { width } = train
    const { context: places, targets, sets, latent } = parameters
    const fewest = parameters.encoder === 'ordered' ? places : parameters.fewest
    if (fewest > places)
      throw new GuerdonError('PARAMETER_INVALID', 'the smallest context is larger than the largest', {
        where: { field: 'fewest' },
        found: fewest,
        expected: `at most ${places}`,
      })
    const network = variationalNetwork(width, parameters)
    const drawn = userSets(train, { context: places, fewest, targets, sets, seed: context.seed })
    const steps = drawn.stepsPerEpoch * parameters.epochs
    const rise = parameters.cycles === 0 ? 1 : Math.max(1, Math.round(steps / parameters.cycles))
    const weightAt = (step: number): number =>
      parameters.divergence *
      annealingWeight(step - 1, {
        totalSteps: rise,
        shape: parameters.cycles === 0 ? 'none' : 'cosine',
        baseline: parameters.baseline,
        cyclical: true,
      })
    const each = places + targets
    const result = await fit({
      parameters: network.initialise(new RandomStream(context.seed).derive('variational preferences')),
      tables: { chosen: train.chosen, rejected: train.rejected },
      extra: {
        noise: { shape: [sets, latent], noise: 'normal' },
        weight: { shape: [] },
        seen: { shape: [sets, places] },
        ...(targets > 0 && { asked: { shape: [sets, targets] } }),
      },
      given(step) {
        const batch = drawn.at(step)
        return {
          weight: hostTensor([weightAt(step)], []),
          seen: hostTensor(batch.context, [sets, places]),
          ...(targets > 0 && { asked: hostTensor(batch.targets, [sets, targets]) }),
        }
      },
      loss(weights, { chosen, rejected, noise, weight, seen, asked }) {
        const whole = (side: Tensor): Tensor => side.reshape([sets, each, width])
        const sides = [whole(chosen!), whole(rejected!)] as const
        const [first, second] = sides.map((side) => side.slice(1, 0, places)) as [Tensor, Tensor]
        const posterior = network.encode(weights, first, second, seen!)
        const free = drawLatent(posterior, noise!)
        const own = parameters.length === 'free' ? free : toPriorLength(free)
        const judgedPairs = sides.map((side) =>
          targets === 0 ? side.slice(1, 0, places) : side.slice(1, places, each),
        )
        const [high, low] = split(network.reward(weights, concat(judgedPairs, 1), own), 2, 1) as [
          Tensor,
          Tensor,
        ]
        const prior = network.prior(weights)
        const { loss, parts } = variationalPreference(
          {
            first: high,
            second: low,
            mask: targets === 0 ? seen! : asked!,
            ...posterior,
            ...(prior && { priorMean: prior.mean, priorLogVariance: prior.logVariance }),
            weight: weight!,
          },
          { form: parameters.form },
        )
        return { loss, metrics: { accuracy: parts!.accuracy!, divergence: parts!.divergence! } }
      },
      optimiser: adamw({ weightDecay: parameters.weightDecay }),
      batchSize: sets * each,
      order: (step) => drawn.at(step).rows,
      steps,
      rate:
        parameters.schedule === 'cosine' ? cosineRate(parameters.rate, { warmup: 0.03 }) : parameters.rate,
      seed: context.seed,
      worker: context.worker ?? true,
      ...(context.backEnd && { backEnd: context.backEnd }),
      ...(context.threads && { threads: context.threads }),
      ...(context.abort && { abort: context.abort }),
      ...(context.checkpoints && {
        checkpoint: {
          path: join(context.checkpoints, 'variational-preferences.safetensors'),
          everySteps: 200,
          run: [context.data ?? null, parameters],
        },
      }),
      progress: ({ step, steps: all, loss }) => context.progress?.('users', step, all, loss),
    })
    const own = { weights: result.parameters, parameters, width }
    const posteriors = await userPosteriors(own, train, rowsByUser(train))
    const model: TrainedRewardModel = {
      weights: result.parameters,
      settings: {},
      users: asUserVectors(own, train.users.names, posteriors),
      metrics: {
        trainLoss: result.history.loss!.at(-1)!,
        trainAccuracy: result.history.accuracy!.at(-1)!,
        divergence: result.history.divergence!.at(-1)!,
      },
    }
    return { ...model, metrics: { ...model.metrics, ...(await judged(model, parameters, validation)) } }
  },
  score(weights, { completion, user }, parameters: VariationalParameters) {
    const network = variationalNetwork(completion.shape[1]!, parameters)
    const { latent } = parameters
    const unknown = network.prior(weights)?.mean ?? constant(new Float32Array(latent), [latent])
    const own = user ?? unknown.broadcast([completion.shape[0]!, latent])
    return { reward: network.reward(weights, completion, own) }
  },
})
