/**
 * Several linear rewards on one frozen encoder, mixed by weights that the prompt decides: a model for people who
 * disagree, learned from plain pairs and adapted to a user by a handful of labels (paper 45, MiCRo).
 */
import { z } from 'zod'
import { type HostTensor, hostTensor } from '../engine/host-tensor.ts'
import { linear } from '../engine/layers/linear.ts'
import { logSigmoid, logSoftmax, logSumExp, oneHot, softmax } from '../engine/operations.ts'
import { cosineRate, type TensorTree } from '../engine/optimiser.ts'
import type { Tensor } from '../engine/tensor.ts'
import { RandomStream } from '../numerics/random.ts'
import { ROUTED_SCORES } from '../numerics/routed-score.ts'
import { mixtureBradleyTerry } from '../objectives/mixture-bradley-terry.ts'
import { GuerdonError } from '../records/error.ts'
import { mixtureUsers } from './mixture-users.ts'
import { defineRecipe } from './recipe.ts'
import { trainPairs } from './train-pairs.ts'

export const mixtureParameters = z.object({
  heads: z.number().int().min(1).default(10).describe('K, rewards that are learned at once'),
  router: z
    .boolean()
    .default(true)
    .describe('weights follow the prompt; false: one set of weights for all prompts (static mixture)'),
  loadBalance: z
    .number()
    .min(0)
    .default(0.5)
    .describe('λ_LB; draws every prompt’s weights towards equal ones; 0 recovers many groups better'),
  orthogonal: z.number().min(0).default(0).describe('λ on products of the heads’ weights'),
  norm: z.number().min(0).default(0).describe('λ on the distance of their lengths from 1'),
  correlation: z.number().min(0).default(0).describe('λ on their correlations'),
  score: z
    .enum(ROUTED_SCORES)
    .default('linear')
    .describe('of one completion: Σ w·r, Σ w·log σ(r) as the authors evaluate, or the head with most weight'),
  eta: z.number().min(0).default(1).describe('η of Hedge for the weights of users; 1 is Bayes'),
  epochs: z.number().int().min(1).default(5).describe('passes over the pairs'),
  batchSize: z.number().int().min(1).default(256).describe('pairs a step'),
  rate: z.number().positive().default(2e-3).describe('largest learning rate'),
  schedule: z.enum(['constant', 'cosine']).default('cosine').describe('of the learning rate'),
  weightDecay: z.number().min(0).default(0).describe('AdamW’s decay of the weight matrices'),
  select: z
    .enum(['best', 'last'])
    .default('last')
    .describe('epoch that is kept; best judges the mixture without a user, which disagreement holds near ½'),
})

type MixtureParameters = z.output<typeof mixtureParameters>

/** Router's logits of prompts, [batch, heads]; the same for all without a router. */
function routerLogits(weights: TensorTree, prompt: Tensor | undefined, batch: number): Tensor {
  const free = weights['router.logits']
  if (free !== undefined) return free.broadcast([batch, free.shape[0]!])
  const matrix = weights['router.weight']!
  return linear({ name: 'router', inputs: matrix.shape[1]!, outputs: matrix.shape[0]! }).apply(
    weights,
    prompt!,
  )
}

function headsOf(width: number, heads: number) {
  return linear({ name: 'heads', inputs: width, outputs: heads, bias: false })
}

/** log P − log(1 − P) of P = Σ w_k·σ(Δ_k): a margin whose sigmoid is the mixture's probability. */
function mixtureMargin(gap: Tensor, logits: Tensor): Tensor {
  const logs = logSoftmax(logits)
  return logSumExp(logs.add(logSigmoid(gap))).sub(logSumExp(logs.add(logSigmoid(gap.neg()))))
}

export const mixture = defineRecipe({
  name: 'mixture',
  summary:
    'Several rewards and a router for people who disagree; a user’s weights follow from a handful of their labels.',
  paper: {
    slug: '45-micro',
    title: 'MiCRo: Mixture Modeling and Context-aware Routing for Personalized Preference Learning',
    source: 'learn_sharebase.py; eval/eval_multi_head.py',
  },
  aliases: ['MiCRo', 'mixture-reward', 'personalised reward'],
  parameters: mixtureParameters,
  needs: { prompt: true },
  async train(data, parameters, context) {
    const { width, prompt } = data.train
    const { heads, router } = parameters
    if (router && prompt === undefined)
      throw new GuerdonError('DATA_FIELD_MISSING', 'the router needs embeddings of the prompts', {
        hint: 'Set router: false for weights that are the same for every prompt',
      })
    const stream = new RandomStream(context.seed).derive('mixture')
    const layer = headsOf(width, heads)
    const free = stream.derive('router.logits')
    const start: Record<string, HostTensor> = {
      ...layer.initialise(stream),
      ...(router
        ? linear({ name: 'router', inputs: width, outputs: heads }).initialise(stream)
        : {
            'router.logits': hostTensor(
              Float32Array.from({ length: heads }, () => free.normal()),
              [heads],
            ),
          }),
    }
    const result = await trainPairs(
      data,
      {
        stage: 'mixture',
        parameters: start,
        reward: (weights, completion) => layer.apply(weights, completion),
        loss({ chosen, rejected }, batch, weights) {
          const { loss, parts } = mixtureBradleyTerry(
            {
              chosen,
              rejected,
              router: routerLogits(weights, batch.prompt, chosen.shape[0]!),
              headWeights: weights['heads.weight']!,
            },
            {
              loadBalance: parameters.loadBalance,
              orthogonal: parameters.orthogonal,
              norm: parameters.norm,
              correlation: parameters.correlation,
            },
          )
          return { loss, metrics: { likelihood: parts!.likelihood! } }
        },
        judge({ chosen, rejected }, batch, weights) {
          const logits = routerLogits(weights, batch.prompt, chosen.shape[0]!)
          const margin = mixtureMargin(chosen.sub(rejected), logits)
          return { chosen: margin, rejected: margin.mul(0) }
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
    const users = mixtureUsers(result.parameters, data.train, parameters.eta)
    return {
      weights: result.parameters,
      settings: {},
      ...(users && { users }),
      metrics: {
        epoch: result.epoch,
        ...(kept && { validationAccuracy: kept.accuracy, validationLogLoss: kept.logLoss }),
        trainLogLoss: result.history.likelihood!.at(-1)!,
      },
      report: { epochs: result.epochs },
    }
  },
  score(weights, { completion, prompt, user }, parameters: MixtureParameters) {
    const [batch, width] = [completion.shape[0]!, completion.shape[1]!]
    const { heads, score } = parameters
    const rewards = headsOf(width, heads).apply(weights, completion)
    const routed = routerLogits(weights, prompt, batch)
    const logits = user === undefined ? routed : routed.add(user)
    const share = softmax(logits)
    const reward = {
      linear: () => share.mul(rewards).sum(-1),
      'log-sigmoid': () => share.mul(logSigmoid(rewards)).sum(-1),
      top: () => oneHot(logits.argMax(), heads).mul(rewards).sum(-1),
    }[score]()
    const parts: Record<string, Tensor> = {}
    for (let head = 0; head < heads; head++) {
      parts[`reward ${head}`] = rewards.at(1, head)
      parts[`weight ${head}`] = share.at(1, head)
    }
    return { reward, parts }
  },
})
