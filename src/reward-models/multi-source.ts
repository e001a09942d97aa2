/**
 * One reward from several sources of preferences, weighted anew at every step so that the update lowers all of their
 * losses at once (MORE, paper 43): the weights come from the gradients of the reward head alone, which cost one
 * forward pass.
 */
import { join } from 'node:path'
import { z } from 'zod'
import { adamw } from '../engine/adamw.ts'
import { readCheckpoint, runDigest, writeCheckpoint } from '../engine/checkpoint.ts'
import { epochOrder } from '../engine/epoch-order.ts'
import { hostTensor } from '../engine/host-tensor.ts'
import { linear } from '../engine/layers/linear.ts'
import { mlp } from '../engine/layers/mlp.ts'
import { concat, dot, split } from '../engine/operations.ts'
import { cosineRate, type TensorTree } from '../engine/optimiser.ts'
import type { Tensor } from '../engine/tensor.ts'
import { openTrainer } from '../engine/trainer.ts'
import { GRADIENT_NORMALISERS } from '../numerics/gradient-normaliser.ts'
import { headGradients, moreLambda } from '../numerics/more-lambda.ts'
import { RandomStream } from '../numerics/random.ts'
import { bradleyTerry } from '../objectives/bradley-terry.ts'
import { GuerdonError } from '../records/error.ts'
import type { EncodedPairs } from './encoded-pairs.ts'
import { defineRecipe, type RecipeContext, type TrainedRewardModel } from './recipe.ts'

const parameters = z.object({
  hidden: z
    .array(z.number().int().min(1))
    .min(1)
    .default([64])
    .describe('widths of the trunk; a head without bias reads the last of them'),
  activation: z.enum(['relu', 'tanh', 'silu']).default('tanh').describe('of the trunk'),
  weights: z
    .enum(['more', 'equal', 'fixed'])
    .default('more')
    .describe('of the sources: found at each step, all the same, or those of `fixed`'),
  fixed: z
    .record(z.string(), z.number().min(0))
    .default({})
    .describe('weight of each source, with `weights: fixed`; scaled to sum 1'),
  normalise: z
    .enum(GRADIENT_NORMALISERS)
    .default('none')
    .describe('scale on which the sources’ gradients are compared; l2 is the published setting'),
  alpha: z.number().min(0).max(1).default(0.99).describe('share of the new gradient in its momentum'),
  solver: z
    .enum(['as-published', 'exact'])
    .default('as-published')
    .describe('of the least-norm weights: the authors’, which stops early, or the optimum'),
  pairsPerSource: z.number().int().min(1).default(8).describe('pairs of each source a step'),
  steps: z.number().int().min(1).default(1000).describe('updates'),
  rate: z.number().positive().default(1e-3).describe('largest learning rate'),
  schedule: z.enum(['constant', 'cosine']).default('cosine').describe('of the learning rate'),
  weightDecay: z.number().min(0).default(0).describe('AdamW’s decay of the weight matrices'),
})

type Parameters = z.output<typeof parameters>

function model(width: number, { hidden, activation }: Pick<Parameters, 'hidden' | 'activation'>) {
  const trunk = mlp({
    name: 'trunk',
    widths: [width, ...hidden],
    activation,
    outputActivation: activation,
  })
  const head = linear({ name: 'head', inputs: hidden.at(-1)!, outputs: 1, bias: false })
  return {
    initialise: (stream: RandomStream) => ({ ...trunk.initialise(stream), ...head.initialise(stream) }),
    features: (weights: TensorTree, x: Tensor) => trunk.apply(weights, x),
    reward: (weights: TensorTree, x: Tensor) => head.apply(weights, trunk.apply(weights, x)).squeeze(-1),
  }
}

/** Rows of each source, and an order of its own for each. */
function rowsBySource({ sources, count }: EncodedPairs): number[][] {
  const rows: number[][] = sources.names.map(() => [])
  let without = 0
  for (let row = 0; row < count; row++) {
    const source = sources.codes[row]!
    if (source < 0) without++
    else rows[source]!.push(row)
  }
  if (without > 0 || rows.length === 0)
    throw new GuerdonError('DATA_FIELD_MISSING', `${without || count} pairs name no source`, {
      where: { field: 'source' },
      expected: 'the source of every pair, for a recipe that weights sources',
    })
  return rows
}

function fixedWeights(names: readonly string[], { weights, fixed }: Parameters): Float64Array {
  if (weights !== 'fixed') return new Float64Array(names.length).fill(1 / names.length)
  const unknown = Object.keys(fixed).find((name) => !names.includes(name))
  if (unknown !== undefined)
    throw new GuerdonError('PARAMETER_INVALID', `there is no source "${unknown}"`, {
      where: { field: 'fixed' },
      expected: names.join(', '),
    })
  const values = Float64Array.from(names, (name) => fixed[name] ?? 0)
  const sum = values.reduce((total, value) => total + value, 0)
  if (!(sum > 0))
    throw new GuerdonError('PARAMETER_INVALID', 'no source has a weight above 0', {
      where: { field: 'fixed' },
    })
  return values.map((value) => value / sum)
}

/** What people look at afterwards: how the sources were weighted, and whether they pull in different directions. */
interface Watched {
  readonly weights: number[]
  /** sums of the cosines of the sources' gradients, sources × sources */
  readonly cosines: number[]
  readonly momentum: number[][] | null
}

/** How the weights of a step follow from the sources' gradients. */
export type Weigh = typeof moreLambda

export const multiSource = defineRecipe({
  name: 'multi-source',
  summary: 'One reward from several sources of preferences, whose weights are found anew at each step.',
  paper: {
    slug: '43-more',
    title: 'On Diversified Preferences of Large Language Model Alignment',
    source: 'trainer.py:compute_more_loss, compute_lambda',
  },
  aliases: ['MORE', 'multi-objective reward learning'],
  needs: { sources: true },
  parameters,
  train: ({ train }, given, context) => trainMultiSource(train, given, context),
  score(weights, { completion }, given) {
    return { reward: model(completion.shape[1]!, given).reward(weights, completion) }
  },
})

/** Trains on all sources at once; `weigh` takes the place of MORE's own weights, for other rules and for comparisons. */
export async function trainMultiSource(
  train: EncodedPairs,
  given: Parameters,
  context: RecipeContext,
  weigh: Weigh = moreLambda,
): Promise<TrainedRewardModel> {
  const bySource = rowsBySource(train)
  const { names } = train.sources
  const count = names.length
  const fixed = fixedWeights(names, given)
  const empty = bySource.findIndex((rows) => rows.length === 0)
  if (empty >= 0)
    throw new GuerdonError('DATA_EMPTY', `the source "${names[empty]}" has no pairs to train on`)
  const own = model(train.width, given)
  const per = given.pairsPerSource
  const size = count * per
  const sourceOf = Int32Array.from({ length: size }, (_, row) => Math.floor(row / per))
  const orders = bySource.map((rows, source) => epochOrder(rows.length, per, context.seed + 7919 * source))
  const side = { shape: [size, train.width] }
  const trainer = await openTrainer({
    parameters: own.initialise(new RandomStream(context.seed).derive('weights')),
    batch: { chosen: side, rejected: side, lambda: { shape: [count] } },
    loss(weights, { chosen, rejected, lambda }) {
      const [a, b] = split(own.reward(weights, concat([chosen!, rejected!])), 2) as [Tensor, Tensor]
      const { perRow } = bradleyTerry({ chosen: a, rejected: b })
      // T·Σ λ_i·(sum over source i)/(all pairs): equal weights are the plain mean.
      return dot(perRow!.reshape([count, per]).mean(1), lambda!)
    },
    optimiser: adamw({ weightDecay: given.weightDecay }),
    evaluations: {
      features: {
        inputs: { chosen: side, rejected: side },
        build(weights, { chosen, rejected }) {
          const [a, b] = split(own.features(weights, concat([chosen!, rejected!])), 2) as [Tensor, Tensor]
          return { chosen: a, rejected: b, head: weights['head.weight']! }
        },
      },
    },
    tables: { chosen: train.chosen, rejected: train.rejected },
    seed: context.seed,
    worker: context.worker ?? true,
    ...(context.backEnd && { backEnd: context.backEnd }),
    ...(context.threads && { threads: context.threads }),
  })
  const schedule = given.schedule === 'cosine' ? cosineRate(given.rate, { warmup: 0.05 }) : () => given.rate
  const path = context.checkpoints && join(context.checkpoints, 'multi-source.safetensors')
  const digest = runDigest([context.data ?? null, context.seed, given, names, train.count, train.width])
  const losses = new Float64Array(given.steps)
  let watched: Watched = {
    weights: new Array<number>(count).fill(0),
    cosines: new Array<number>(count * count).fill(0),
    momentum: null,
  }
  let done = 0
  try {
    const before = path === undefined ? undefined : readCheckpoint(path, digest)
    if (before !== undefined) {
      await trainer.setState(before.state)
      done = before.step
      losses.set(before.history.loss!)
      watched = before.notes as Watched
    }
    const store = async (): Promise<void> => {
      if (path === undefined) return
      writeCheckpoint(path, digest, {
        step: done,
        state: await trainer.state(),
        history: { loss: losses.slice(0, done) },
        notes: watched,
      })
    }
    while (done < given.steps) {
      const step = done + 1
      if (context.abort?.aborted) {
        await store()
        throw new GuerdonError('RUN_CANCELLED', `training was cancelled after step ${done}`)
      }
      const rows = new Int32Array(size)
      orders.forEach((order, source) => {
        order(step).forEach((row, index) => {
          rows[source * per + index] = bySource[source]![row]!
        })
      })
      const batch = { chosen: { table: 'chosen', rows }, rejected: { table: 'rejected', rows } }
      let lambda = fixed
      if (given.weights === 'more') {
        const { chosen, rejected, head } = await trainer.evaluate('features', batch)
        const found = headGradients(head!.values, chosen!.values, rejected!.values, sourceOf, count)
        const { weights, momentum } = weigh(found, watched.momentum ?? undefined, given)
        lambda = weights
        addCosines(momentum, watched.cosines)
        watched = { ...watched, momentum: momentum.map((row) => Array.from(row)) }
      }
      lambda.forEach((value, source) => {
        watched.weights[source]! += value
      })
      const scalars = await trainer.steps(
        step,
        [{ ...batch, lambda: hostTensor(Float32Array.from(lambda), [count]) }],
        [schedule(step, given.steps)],
      )
      losses[done] = scalars.loss![0]!
      if (!Number.isFinite(losses[done]!))
        throw new GuerdonError('ROW_INVALID', `the loss is ${losses[done]} at step ${step}`, {
          expected: 'a finite number',
          hint: 'Lower the learning rate, or look for inputs that are very large',
        })
      done = step
      if (done % 64 === 0 || done === given.steps)
        context.progress?.('sources', done, given.steps, losses[done - 1]!)
      if (done % 200 === 0) await store()
    }
    const share = (value: number): number => value / given.steps
    return {
      weights: await trainer.parameters(),
      settings: {},
      metrics: {
        trainLoss: losses.at(-1)!,
        ...Object.fromEntries(
          names.map((name, source) => [`weight: ${name}`, share(watched.weights[source]!)]),
        ),
      },
      report: {
        sources: names.map((name, source) => ({
          source: name,
          pairs: bySource[source]!.length,
          meanWeight: share(watched.weights[source]!),
          ...(given.weights === 'more' && {
            meanCosine: Object.fromEntries(
              names.map((other, column) => [other, share(watched.cosines[source * count + column]!)]),
            ),
          }),
        })),
      },
    }
  } finally {
    await trainer.close()
  }
}

/** Adds the cosines of all pairs of gradients to running sums. */
function addCosines(gradients: readonly Float64Array[], sums: number[]): void {
  const product = (a: Float64Array, b: Float64Array): number =>
    a.reduce((sum, value, index) => sum + value * b[index]!, 0)
  const lengths = gradients.map((gradient) => Math.max(Math.sqrt(product(gradient, gradient)), 1e-12))
  gradients.forEach((a, row) => {
    gradients.forEach((b, column) => {
      sums[row * gradients.length + column]! += product(a, b) / (lengths[row]! * lengths[column]!)
    })
  })
}
