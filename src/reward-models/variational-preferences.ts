/**
 * A reward that depends on a latent of the user, inferred from some of the user's own labelled pairs: no groups have to
 * be known (paper 55, VPL). Users' posteriors are stored with the model; new ones come from `posteriorOf`.
 */
import { join } from 'node:path'
import { z } from 'zod'
import { adamw } from '../engine/adamw.ts'
import { readCheckpoint, runDigest, writeCheckpoint } from '../engine/checkpoint.ts'
import { epochOrder } from '../engine/epoch-order.ts'
import { hostTensor } from '../engine/host-tensor.ts'
import { arange, stack, where } from '../engine/operations.ts'
import { cosineRate, type TensorTree } from '../engine/optimiser.ts'
import { type BatchFeeds, openTrainer } from '../engine/trainer.ts'
import { annealingWeight } from '../numerics/annealer.ts'
import { RandomStream } from '../numerics/random.ts'
import { drawLatent, type Posterior, toPriorLength } from '../objectives/gaussian-latent.ts'
import { variationalPreference } from '../objectives/variational-preference.ts'
import { GuerdonError } from '../records/error.ts'
import type { EncodedPairs } from './encoded-pairs.ts'
import { encodePosteriors, type LatentShape, latentNets } from './latent-nets.ts'
import { defineRecipe } from './recipe.ts'

export const variationalParameters = z.object({
  encoder: z
    .enum(['attention', 'ordered'])
    .default('attention')
    .describe(
      'attention: any number of pairs in any order; ordered: the control version, always setPairs pairs',
    ),
  latent: z.number().int().min(1).default(32).describe('numbers that stand for a user'),
  hidden: z.number().int().min(1).default(128).describe('hidden width of encoder and reward'),
  setPairs: z.number().int().min(1).default(8).describe('pairs of one user that are explained together'),
  leastContext: z
    .number()
    .int()
    .min(1)
    .default(2)
    .describe('the encoder sees between so many and all pairs of a set (attention only)'),
  form: z
    .enum(['language', 'control'])
    .default('control')
    .describe('language: means and the divergence with its ½; control: sums and twice the divergence'),
  klWeight: z.number().min(0).default(0.5).describe('largest weight of the divergence'),
  klCycles: z.number().int().min(1).default(4).describe('times that its weight rises along half a cosine'),
  klBaseline: z.number().min(0).max(1).default(0).describe('share of the weight at the start of a cycle'),
  learnedPrior: z.boolean().default(true).describe('mean and variances of the prior are learned'),
  scaleLatent: z
    .enum(['none', 'training', 'always'])
    .default('none')
    .describe(
      'latents brought to length √latent; training: not when scoring, as the language version has it',
    ),
  epochs: z.number().int().min(1).default(30).describe('passes over the users’ sets'),
  batchSets: z.number().int().min(1).default(64).describe('sets a step'),
  rate: z.number().positive().default(1e-3).describe('largest learning rate'),
  schedule: z.enum(['constant', 'cosine']).default('cosine').describe('of the learning rate'),
  weightDecay: z.number().min(0).default(0).describe('AdamW’s decay of the weight matrices'),
})

type VariationalParameters = z.output<typeof variationalParameters>

/** Steps sent to the session at once. */
const CHUNK = 32

const shapeOf = (width: number, parameters: VariationalParameters): LatentShape => ({ ...parameters, width })

/** Rows of each user who has pairs. */
function rowsByUser(pairs: EncodedPairs): Int32Array[] {
  const { names, codes } = pairs.users
  if (names.length < 2 || codes.every((code) => code < 0))
    throw new GuerdonError('DATA_FIELD_MISSING', 'variational-preferences needs pairs of two or more users', {
      where: { field: 'user' },
      hint: 'Map the column that names the annotator, or use a recipe without users',
    })
  const rows = names.map(() => [] as number[])
  codes.forEach((code, row) => {
    if (code >= 0 && pairs.tie[row] !== 1) rows[code]!.push(row)
  })
  return rows.filter((own) => own.length > 0).map((own) => Int32Array.from(own))
}

/** Rows of the sets of a step, set after set: pairs of one user in random order, repeated where there are too few. */
function setOrder(
  rows: readonly Int32Array[],
  { setPairs }: VariationalParameters,
  batchSets: number,
  seed: number,
): { readonly perEpoch: number; readonly order: (step: number) => Int32Array } {
  // A user with more pairs than a set holds counts as several sets.
  const owners = Int32Array.from(
    rows.flatMap((own, user) => Array<number>(Math.max(1, Math.floor(own.length / setPairs))).fill(user)),
  )
  const drawn = epochOrder(owners.length, batchSets, seed)
  return {
    perEpoch: Math.max(1, Math.floor(owners.length / batchSets)),
    order(step) {
      const stream = new RandomStream(seed).derive(`sets ${step}`)
      const out = new Int32Array(batchSets * setPairs)
      drawn(step).forEach((set, place) => {
        const own = stream.shuffle(Array.from(rows[owners[set]!]!))
        for (let pair = 0; pair < setPairs; pair++) out[place * setPairs + pair] = own[pair % own.length]!
      })
      return out
    },
  }
}

export const variationalPreferences = defineRecipe({
  name: 'variational-preferences',
  summary: 'A reward for each user from a few of their own labelled pairs, without knowing groups.',
  paper: {
    slug: '55-vpl',
    title: 'Personalizing RLHF with Variational Preference Learning',
    source: 'pref_learn/models/vae.py; hidden_context/vae_utils.py',
  },
  aliases: ['VPL', 'personal reward', 'latent user model'],
  parameters: variationalParameters,
  needs: { users: true },
  async train({ train, validation }, parameters, context) {
    const rows = rowsByUser(train)
    const { width } = train
    const { setPairs, latent, learnedPrior, scaleLatent, encoder } = parameters
    const nets = latentNets(shapeOf(width, parameters))
    const sets = rows.reduce((sum, own) => sum + Math.max(1, Math.floor(own.length / setPairs)), 0)
    const batchSets = Math.min(parameters.batchSets, sets)
    const { perEpoch, order } = setOrder(rows, parameters, batchSets, context.seed)
    const steps = parameters.epochs * perEpoch
    const batch = [batchSets * setPairs, width]
    const leastContext = Math.min(parameters.leastContext, setPairs)
    const trainer = await openTrainer({
      parameters: {
        ...nets.initialise(new RandomStream(context.seed).derive('variational')),
        ...(learnedPrior && {
          'prior.mean': hostTensor(new Float32Array(latent), [latent]),
          'prior.logVariance': hostTensor(new Float32Array(latent), [latent]),
        }),
      },
      batch: {
        chosen: { shape: batch },
        rejected: { shape: batch },
        weight: { shape: [] },
        noise: { shape: [batchSets, latent], noise: 'normal' },
        seen: { shape: [batchSets, 1], noise: 'uniform' },
        order: { shape: [batchSets, setPairs], noise: 'uniform' },
      },
      loss(weights, inputs) {
        const chosen = inputs.chosen!.reshape([batchSets, setPairs, width])
        const rejected = inputs.rejected!.reshape([batchSets, setPairs, width])
        let posterior: Posterior
        if (encoder === 'ordered') {
          // Which of the two comes first must say nothing: the label does.
          const label = inputs.order!.less(0.5)
          const turned = label.expand(2)
          const [first, second] = [where(turned, chosen, rejected), where(turned, rejected, chosen)]
          posterior = nets.ordered(weights, first, second, label.cast('float32'))
        } else {
          const choices = setPairs - leastContext + 1
          const visible = inputs.seen!.mul(choices).floor().add(leastContext)
          const mask = arange(setPairs, 'float32').expand(0).less(visible).cast('float32')
          posterior = nets.attention(weights, chosen, rejected, mask)
        }
        const drawn = drawLatent(posterior, inputs.noise!)
        const own = scaleLatent === 'none' ? drawn : toPriorLength(drawn)
        const both = nets.reward(weights, stack([chosen, rejected], 1), own)
        const { loss, parts } = variationalPreference(
          {
            first: both.at(1, 0),
            second: both.at(1, 1),
            mean: posterior.mean,
            logVariance: posterior.logVariance,
            ...(learnedPrior && {
              priorMean: weights['prior.mean']!,
              priorLogVariance: weights['prior.logVariance']!,
            }),
            weight: inputs.weight!,
          },
          { form: parameters.form },
        )
        return { loss, metrics: { divergence: parts!.divergence!, accuracy: parts!.accuracy! } }
      },
      optimiser: adamw({ weightDecay: parameters.weightDecay }),
      tables: { chosen: train.chosen, rejected: train.rejected },
      seed: context.seed,
      ...(context.backEnd && { backEnd: context.backEnd }),
      ...(context.threads && { threads: context.threads }),
      worker: context.worker ?? true,
    })
    const names = ['loss', 'divergence', 'accuracy'] as const
    const history = Object.fromEntries(names.map((name) => [name, new Float64Array(steps)]))
    try {
      const digest = runDigest([context.data ?? null, 'variational', context.seed, steps, parameters])
      const file = context.checkpoints && join(context.checkpoints, 'variational-preferences.safetensors')
      const before = file === undefined ? undefined : readCheckpoint(file, digest)
      let done = 0
      if (before !== undefined) {
        await trainer.setState(before.state)
        for (const name of names) history[name]!.set(before.history[name]!)
        done = before.step
      }
      const rate =
        parameters.schedule === 'cosine'
          ? cosineRate(parameters.rate, { warmup: 0.03 })
          : () => parameters.rate
      const annealing = {
        totalSteps: Math.max(1, Math.floor(steps / parameters.klCycles)),
        baseline: parameters.klBaseline,
        cyclical: parameters.klCycles > 1,
      }
      let stored = done
      while (done < steps) {
        if (context.abort?.aborted)
          throw new GuerdonError('RUN_CANCELLED', `training was cancelled after step ${done}`)
        const count = Math.min(CHUNK - (done % CHUNK), steps - done)
        const batches: BatchFeeds[] = []
        const rates: number[] = []
        for (let step = done + 1; step <= done + count; step++) {
          const drawn = order(step)
          const weight = parameters.klWeight * annealingWeight(step - 1, annealing)
          batches.push({
            chosen: { table: 'chosen', rows: drawn },
            rejected: { table: 'rejected', rows: drawn },
            weight: hostTensor([weight], []),
          })
          rates.push(rate(step, steps))
        }
        const scalars = await trainer.steps(done + 1, batches, rates)
        for (const name of names) history[name]!.set(scalars[name]!, done)
        const broken = scalars.loss!.findIndex((loss) => !Number.isFinite(loss))
        if (broken >= 0)
          throw new GuerdonError(
            'ROW_INVALID',
            `the loss is ${scalars.loss![broken]} at step ${done + broken + 1}`,
            {
              expected: 'a finite number',
              hint: 'Lower the learning rate, or look for inputs that are very large',
            },
          )
        done += count
        context.progress?.('variational', done, steps, scalars.loss!.at(-1)!)
        if (file !== undefined && (done === steps || done - stored >= 256)) {
          writeCheckpoint(file, digest, {
            step: done,
            state: await trainer.state(),
            history: Object.fromEntries(names.map((name) => [name, history[name]!.slice(0, done)])),
            notes: null,
          })
          stored = done
        }
      }
      const weights = await trainer.parameters()
      const shape = shapeOf(width, parameters)
      const known = await encodePosteriors(weights, shape, train)
      const unknown = learnedPrior
        ? Float32Array.from(weights['prior.mean']!.values)
        : new Float32Array(latent)
      const tail = Math.max(1, Math.floor(steps / 20))
      const late = (name: string): number =>
        history[name]!.subarray(steps - tail).reduce((sum, value) => sum + value, 0) / tail
      return {
        weights,
        settings: {},
        users: { names: known.names, vectors: known.mean, width: latent, unknown },
        metrics: {
          trainAccuracy: late('accuracy'),
          divergence: late('divergence'),
          users: rows.length,
          validationPairs: validation.count,
        },
        report: { sets, steps, form: parameters.form, klWeight: parameters.klWeight },
      }
    } finally {
      await trainer.close()
    }
  },
  score(weights: TensorTree, { completion, user }, parameters) {
    const nets = latentNets(shapeOf(completion.shape[1]!, parameters))
    // Without a user the prior's mean speaks for everyone.
    const prior = weights['prior.mean']
    const own = (user ?? prior ?? completion.slice(1, 0, 1).mul(0)).broadcast([
      completion.shape[0]!,
      parameters.latent,
    ])
    const used = parameters.scaleLatent === 'always' ? toPriorLength(own) : own
    return { reward: nets.reward(weights, completion, used) }
  },
})
