/**
 * One reward from several sources of preferences that disagree in part: every step takes as many pairs of each, and
 * weighs the sources so that the step lowers all their losses where it can (paper 43, MORE).
 */
import { join } from 'node:path'
import { z } from 'zod'
import { adamw } from '../engine/adamw.ts'
import { readCheckpoint, runDigest, writeCheckpoint } from '../engine/checkpoint.ts'
import { epochOrder } from '../engine/epoch-order.ts'
import { hostTensor } from '../engine/host-tensor.ts'
import { linear } from '../engine/layers/linear.ts'
import { mlp } from '../engine/layers/mlp.ts'
import { concat, split, stack } from '../engine/operations.ts'
import { cosineRate, type TensorTree } from '../engine/optimiser.ts'
import { constant, type Tensor } from '../engine/tensor.ts'
import { openTrainer } from '../engine/trainer.ts'
import { binnedCalibration, symmetrised } from '../numerics/binned-calibration.ts'
import { GRADIENT_NORMALISERS, normaliseGradients } from '../numerics/gradient-normaliser.ts'
import { headGradients, moreLambda } from '../numerics/more-lambda.ts'
import { RandomStream } from '../numerics/random.ts'
import { sigmoid } from '../numerics/sigmoid.ts'
import { moreWeightedRanking } from '../objectives/more-ranking.ts'
import { GuerdonError } from '../records/error.ts'
import type { EncodedPairs } from './encoded-pairs.ts'
import { defineRecipe } from './recipe.ts'
import { pairQuality, SCORE_BATCH, scoreValidation } from './train-pairs.ts'

export const multiSourceParameters = z.object({
  weights: z
    .enum(['equal', 'more', 'fixed'])
    .default('more')
    .describe('of the sources: equal, from the head’s gradients at every step, or given'),
  fixed: z
    .record(z.string(), z.number().min(0))
    .default({})
    .describe('source → weight, for weights: fixed; they are scaled to sum 1'),
  normalise: z
    .enum(GRADIENT_NORMALISERS)
    .default('l2')
    .describe(
      'what a source’s gradient is divided by; l2 as published, none keeps calibration better in our trial',
    ),
  alpha: z
    .number()
    .gt(0)
    .max(1)
    .default(0.99)
    .describe('share of the new gradient in the memory of each source'),
  hidden: z.array(z.number().int().min(1)).default([128]).describe('hidden widths under the linear head'),
  activation: z.enum(['relu', 'tanh', 'silu']).default('tanh').describe('after every hidden layer'),
  pairsPerSource: z.number().int().min(1).default(8).describe('pairs of each source in a step'),
  epochs: z.number().int().min(1).default(3).describe('passes over the largest source; smaller ones repeat'),
  steps: z.number().int().min(1).optional().describe('steps, instead of passes'),
  rate: z.number().positive().default(1e-3).describe('largest learning rate'),
  schedule: z.enum(['constant', 'cosine']).default('cosine').describe('of the learning rate'),
  weightDecay: z.number().min(0).default(0.01).describe('AdamW’s decay of the weight matrices'),
})

type MultiSourceParameters = z.output<typeof multiSourceParameters>

/** Trunk to the features that the head reads, and the bias-free head. */
function layersOf(width: number, { hidden, activation }: MultiSourceParameters) {
  const trunk =
    hidden.length === 0
      ? undefined
      : mlp({ name: 'trunk', widths: [width, ...hidden], activation, outputActivation: activation })
  const features = (weights: TensorTree, x: Tensor): Tensor => trunk?.apply(weights, x) ?? x
  const head = linear({ name: 'head', inputs: hidden.at(-1) ?? width, outputs: 1, bias: false })
  return {
    initialise: (stream: RandomStream) => ({ ...trunk?.initialise(stream), ...head.initialise(stream) }),
    features,
    reward: (weights: TensorTree, x: Tensor): Tensor => head.apply(weights, features(weights, x)).squeeze(-1),
  }
}

/** Rows of each source; a source without rows is an error, as is a row without a source. */
function rowsBySource(pairs: EncodedPairs): Int32Array[] {
  const { names, codes } = pairs.sources
  const unnamed = codes.indexOf(-1)
  if (names.length < 2 || unnamed >= 0)
    throw new GuerdonError('DATA_FIELD_MISSING', 'multi-source needs pairs that name two or more sources', {
      where: { field: 'source', ...(unnamed >= 0 && { row: String(unnamed) }) },
      found: names,
      hint: 'Name the source of each file in the config’s data list',
    })
  const rows = names.map((_, source) =>
    Int32Array.from(codes.keys()).filter((row) => codes[row] === source && pairs.tie[row] !== 1),
  )
  const empty = rows.findIndex((own) => own.length === 0)
  if (empty >= 0) throw new GuerdonError('DATA_EMPTY', `the source "${names[empty]}" has no pair to train on`)
  return rows
}

function fixedWeights(names: readonly string[], fixed: Readonly<Record<string, number>>): Float64Array {
  const absent = names.find((name) => fixed[name] === undefined)
  const weights = Float64Array.from(names, (name) => fixed[name] ?? 0)
  const sum = weights.reduce((total, weight) => total + weight, 0)
  if (absent !== undefined || !(sum > 0))
    throw new GuerdonError('PARAMETER_INVALID', 'fixed weights need a number for every source, not all 0', {
      where: { field: 'multi-source.fixed' },
      expected: names.join(', '),
      found: fixed,
    })
  return weights.map((weight) => weight / sum)
}

/** Calibration of the rewards of each source's validation pairs: both orders, bins that are closed above. */
function bySource(pairs: EncodedPairs, chosen: Float64Array, rejected: Float64Array) {
  return Object.fromEntries(
    pairs.sources.names.map((name, source) => {
      const rows = Int32Array.from(pairs.sources.codes.keys()).filter(
        (row) => pairs.sources.codes[row] === source && pairs.tie[row] !== 1,
      )
      const own = [chosen, rejected].map((values) => Float64Array.from(rows, (row) => values[row]!))
      const both = symmetrised(own[0]!.map((reward, at) => sigmoid(reward - own[1]![at]!)))
      const { expected } = binnedCalibration(both.labels, both.probabilities, { edge: 'lower' })
      return [
        name,
        { pairs: rows.length, ...pairQuality(own[0]!, own[1]!), expectedCalibrationError: expected },
      ]
    }),
  )
}

/** Steps whose weights, lengths and cosines a report keeps. */
const REPORTED = 500

interface Course {
  readonly step: number
  /** λ, one a source */
  readonly weights: readonly number[]
  /** lengths of the remembered gradients */
  readonly lengths: readonly number[]
}

export const multiSource = defineRecipe({
  name: 'multi-source',
  summary:
    'One reward from several sources that disagree in part, weighed at every step so that none is trampled.',
  paper: {
    slug: '43-more',
    title: 'On Diversified Preferences of Large Language Model Alignment',
    source: 'trainer.py:compute_lambda, more_ranking_loss',
  },
  aliases: ['MORE', 'multi-objective reward', 'diversified preferences'],
  parameters: multiSourceParameters,
  needs: { sources: true },
  async train({ train, validation }, parameters, context) {
    const rows = rowsBySource(train)
    const { names } = train.sources
    const count = names.length
    const { pairsPerSource, alpha, normalise } = parameters
    const lists = count * pairsPerSource
    const { width } = train
    const layers = layersOf(width, parameters)
    const initial = layers.initialise(new RandomStream(context.seed).derive('multi-source'))
    const largest = Math.max(...rows.map((own) => own.length))
    const perEpoch = Math.max(1, Math.floor(largest / pairsPerSource))
    const steps = parameters.steps ?? parameters.epochs * perEpoch
    const orders = rows.map((own, source) =>
      epochOrder(own.length, pairsPerSource, context.seed * 1009 + source),
    )
    const sourceOf = Int32Array.from({ length: lists }, (_, list) => Math.floor(list / pairsPerSource))
    const scores = Array.from({ length: 2 * lists }, (_, entry) => 1 - (entry % 2))
    const batch = { chosen: { shape: [lists, width] }, rejected: { shape: [lists, width] } }
    const both = (weights: TensorTree, inputs: TensorTree): Tensor[] =>
      split(layers.reward(weights, concat([inputs.chosen!, inputs.rejected!])), 2)
    const row = { shape: [SCORE_BATCH, width] }
    const optimiser = adamw({ weightDecay: parameters.weightDecay })
    const trainer = await openTrainer({
      parameters: initial,
      batch: { ...batch, weights: { shape: [lists] } },
      loss(weights, inputs) {
        return moreWeightedRanking({
          rewards: stack(both(weights, inputs), 1),
          scores: constant(scores, [lists, 2]),
          weights: inputs.weights!,
          sources: constant(sourceOf, [lists]),
        }).loss
      },
      optimiser,
      evaluations: {
        features: {
          inputs: batch,
          build: (weights, inputs) => ({
            chosen: layers.features(weights, inputs.chosen!),
            rejected: layers.features(weights, inputs.rejected!),
            head: weights['head.weight']!.flatten(),
          }),
        },
        pairs: {
          inputs: { chosen: row, rejected: row },
          build(weights, inputs) {
            const [chosen, rejected] = both(weights, inputs)
            return { chosen: chosen!, rejected: rejected! }
          },
        },
      },
      tables: {
        chosen: train.chosen,
        rejected: train.rejected,
        'validation.chosen': validation.chosen,
        'validation.rejected': validation.rejected,
      },
      seed: context.seed,
      ...(context.backEnd && { backEnd: context.backEnd }),
      ...(context.threads && { threads: context.threads }),
      worker: context.worker ?? true,
    })
    try {
      const digest = runDigest([context.data ?? null, 'multi-source', context.seed, steps, parameters])
      const file = context.checkpoints && join(context.checkpoints, 'multi-source.safetensors')
      const losses = new Float64Array(steps)
      const lambdaSums = new Float64Array(count)
      const cosineSums = new Float64Array(count * count)
      let course: Course[] = []
      let momentum: readonly ArrayLike<number>[] | undefined
      let done = 0
      const before = file === undefined ? undefined : readCheckpoint(file, digest)
      if (before !== undefined) {
        await trainer.setState(before.state)
        losses.set(before.history.loss!)
        const notes = before.notes as {
          course: Course[]
          momentum: number[][] | null
          lambdas: number[]
          cosines: number[]
        }
        course = notes.course
        momentum = notes.momentum ?? undefined
        lambdaSums.set(notes.lambdas)
        cosineSums.set(notes.cosines)
        done = before.step
      }
      const rate =
        parameters.schedule === 'cosine'
          ? cosineRate(parameters.rate, { warmup: 0.05 })
          : () => parameters.rate
      const given =
        parameters.weights === 'fixed'
          ? fixedWeights(names, parameters.fixed)
          : new Float64Array(count).fill(1 / count)
      const reportEvery = Math.ceil(steps / REPORTED)
      while (done < steps) {
        if (context.abort?.aborted)
          throw new GuerdonError('RUN_CANCELLED', `training was cancelled after step ${done}`)
        const step = done + 1
        const drawn = Int32Array.from(
          rows.flatMap((own, source) => [...orders[source]!(step)].map((at) => own[at]!)),
        )
        const feeds = {
          chosen: { table: 'chosen', rows: drawn },
          rejected: { table: 'rejected', rows: drawn },
        }
        let lambda = given
        if (parameters.weights === 'more') {
          const { head, chosen, rejected } = await trainer.evaluate('features', feeds)
          const found = headGradients(head!.values, chosen!.values, rejected!.values, sourceOf, count)
          const next = moreLambda(found, momentum, { alpha, normalise })
          momentum = next.momentum
          lambda = next.weights
          const units = normaliseGradients(next.momentum, found.losses, 'l2')
          for (let a = 0; a < count; a++)
            for (let b = 0; b < count; b++)
              for (let k = 0; k < units[a]!.length; k++)
                cosineSums[a * count + b]! += units[a]![k]! * units[b]![k]!
          if (done % reportEvery === 0)
            course.push({
              step,
              weights: Array.from(lambda),
              lengths: next.momentum.map((own) => Math.hypot(...own)),
            })
        }
        for (let source = 0; source < count; source++) lambdaSums[source]! += lambda[source]!
        const weights = hostTensor(
          Float32Array.from(sourceOf, (source) => lambda[source]!),
          [lists],
        )
        const scalars = await trainer.steps(step, [{ ...feeds, weights }], [rate(step, steps)])
        const loss = scalars.loss![0]!
        if (!Number.isFinite(loss))
          throw new GuerdonError('ROW_INVALID', `the loss is ${loss} at step ${step}`, {
            expected: 'a finite number',
            hint: 'Lower the learning rate, or look for inputs that are very large',
          })
        losses[done++] = loss
        if (done % 64 === 0 || done === steps) context.progress?.('multi-source', done, steps, loss)
        if (file !== undefined && (done % Math.max(perEpoch, 200) === 0 || done === steps))
          writeCheckpoint(file, digest, {
            step: done,
            state: await trainer.state(),
            history: { loss: losses.slice(0, done) },
            notes: {
              course,
              momentum: momentum?.map((own) => Array.from(own)) ?? null,
              lambdas: Array.from(lambdaSums),
              cosines: Array.from(cosineSums),
            },
            kept: undefined,
          })
      }
      const { prompt: _prompt, ...held } = validation
      const judged = held.count > 0 ? await scoreValidation(trainer, held) : undefined
      const quality = judged && pairQuality(judged.chosen, judged.rejected, validation.tie)
      return {
        weights: await trainer.parameters(),
        settings: {},
        metrics: {
          ...(quality && { validationAccuracy: quality.accuracy, validationLogLoss: quality.logLoss }),
          trainLoss: losses.at(-1)!,
          ...Object.fromEntries(names.map((name, source) => [`weight ${name}`, lambdaSums[source]! / steps])),
        },
        report: {
          sources: names,
          course,
          ...(parameters.weights === 'more' && {
            cosines: names.map((_, source) =>
              Array.from(cosineSums.subarray(source * count, (source + 1) * count), (sum) => sum / steps),
            ),
          }),
          ...(judged && { validation: bySource(validation, judged.chosen, judged.rejected) }),
        },
      }
    } finally {
      await trainer.close()
    }
  },
  score(weights, { completion }, parameters) {
    return { reward: layersOf(completion.shape[1]!, parameters).reward(weights, completion) }
  },
})
