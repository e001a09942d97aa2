/** Paper 55: a reward with a latent of the user, where one reward learns the average person. */
import { hostTensor } from '../../src/engine/host-tensor.ts'
import { defineReproduction, inSeeds, type Measured, meanOver } from '../../src/kinds/reproduction.ts'
import { RandomStream } from '../../src/numerics/random.ts'
import { winRateScaled } from '../../src/numerics/win-rate-scaling.ts'
import { bradleyTerryHead } from '../../src/reward-models/bradley-terry-head.ts'
import {
  type EncodedPairs,
  flipPairs,
  pairsOfFeatures,
  selectPairs,
} from '../../src/reward-models/encoded-pairs.ts'
import type { UserVectors } from '../../src/reward-models/recipe.ts'
import { openRowScorer, type Scorable } from '../../src/reward-models/score-rows.ts'
import { pairQuality } from '../../src/reward-models/train-pairs.ts'
import { activeQueries, asUserVectors, posteriorOf } from '../../src/reward-models/user-posterior.ts'
import { variationalPreferences } from '../../src/reward-models/variational-preferences.ts'
import { drawUsers, points, type UserSets, vectors } from './world.ts'

const SETS = 2000
const EACH = 8
const TEST_USERS = 500
const SETTING = {
  latent: 8,
  hidden: 64,
  setPairs: EACH,
  form: 'control',
  klWeight: 0.5,
  klCycles: 4,
  epochs: 60,
  batchSets: 256,
  rate: 1e-3,
  schedule: 'constant',
} as const
/** four groups in eight columns take longer to tell apart */
const FOUR_EPOCHS = 240
/** sets of the part with fewer labels: the encoder must meet sets of one pair */
const LEAST = { ...SETTING, leastContext: 1 }

async function learn(seed: number, train: EncodedPairs, parameters: object): Promise<Scorable> {
  const data = { train, validation: pairsOfFeatures([], [], train.width) }
  const run = await variationalPreferences.run(data, parameters, { seed, worker: false, threads: 1 })
  return {
    recipe: variationalPreferences as never,
    ...run.model,
    parameters: run.parameters,
    width: train.width,
  }
}

async function learnOne(seed: number, train: EncodedPairs): Promise<Scorable> {
  const data = { train, validation: pairsOfFeatures([], [], train.width) }
  const parameters = {
    hidden: [64, 64],
    activation: 'relu' as const,
    epochs: 12,
    batchSize: 256,
    weightDecay: 0,
    select: 'last' as const,
  }
  const run = await bradleyTerryHead.run(data, parameters, { seed, worker: false, threads: 1 })
  return { recipe: bradleyTerryHead as never, ...run.model, parameters: run.parameters, width: train.width }
}

/** Accuracy on pairs, each scored for the user who is named. */
async function accuracy(model: Scorable, pairs: EncodedPairs): Promise<number> {
  const users = Array.from(pairs.users.codes, (code) => pairs.users.names[code])
  const scorer = await openRowScorer(model)
  const chosen = await scorer.score({ completion: pairs.chosen, users })
  const rejected = await scorer.score({ completion: pairs.rejected, users })
  await scorer.close()
  return pairQuality(chosen.reward, rejected.reward).accuracy
}

const withUsers = (model: Scorable, users: UserVectors): Scorable => ({ ...model, users })

const personal = async (model: Scorable, context: EncodedPairs): Promise<Scorable> =>
  withUsers(model, asUserVectors(model, await posteriorOf(model, context)))

/** Every user's latent drawn from the learned prior, whatever they said. */
function fromPrior(model: Scorable, { names }: EncodedPairs['users'], stream: RandomStream): Scorable {
  const mean = model.weights['prior.mean']!.values
  const logVariance = model.weights['prior.logVariance']!.values
  const width = mean.length
  const drawn = Float32Array.from({ length: names.length * width }, (_, at) => {
    const place = at % width
    return mean[place]! + Math.exp(0.5 * logVariance[place]!) * stream.normal()
  })
  return withUsers(model, { names, vectors: drawn, width, unknown: Float32Array.from(mean) })
}

/** Largest over smallest range of rewards of one set of items, over users. */
async function rangeRatios(
  model: Scorable,
  stream: RandomStream,
): Promise<{ before: number; after: number }> {
  const grid = Float32Array.from({ length: 2 * 400 }, () => 2 * stream.uniform() - 1)
  const completion = hostTensor(grid, [400, 2])
  const { names } = model.users!
  const scorer = await openRowScorer(model)
  const ranges: number[] = []
  const scaled: number[] = []
  const range = (values: Float64Array): number => Math.max(...values) - Math.min(...values)
  for (const name of names.slice(0, 100)) {
    const { reward } = await scorer.score({ completion, users: Array<string>(400).fill(name) })
    ranges.push(range(reward))
    scaled.push(range(winRateScaled(reward, reward.subarray(0, 200))))
  }
  await scorer.close()
  const ratio = (values: number[]): number => Math.max(...values) / Math.min(...values)
  return { before: ratio(ranges), after: ratio(scaled) }
}

/** Accuracy after two answers: to the two pairs that tell most, one after another, and to two random ones. */
async function twoAnswers(
  model: Scorable,
  pool: EncodedPairs,
  poolEach: number,
  test: EncodedPairs,
  users: number,
): Promise<{ active: number; random: number }> {
  const rows = (user: number, own: readonly number[]): number[] => own.map((pair) => user * poolEach + pair)
  const [asked, drawn]: [number[], number[]] = [[], []]
  for (let user = 0; user < users; user++) {
    const own = selectPairs(
      pool,
      Int32Array.from(
        rows(
          user,
          Array.from({ length: poolEach }, (_, at) => at),
        ),
      ),
    )
    const first = best(await activeQueries(model, own))
    const known = selectPairs(own, Int32Array.of(first))
    const scores = await activeQueries(model, own, { known })
    scores[first] = Number.NEGATIVE_INFINITY
    asked.push(...rows(user, [first, best(scores)]))
    drawn.push(...rows(user, [0, 1]))
  }
  const after = async (chosen: number[]): Promise<number> =>
    accuracy(await personal(model, selectPairs(pool, Int32Array.from(chosen))), test)
  return { active: await after(asked), random: await after(drawn) }
}

const best = (scores: Float64Array): number => scores.indexOf(Math.max(...scores))

interface Options {
  /** z is drawn from the prior instead of inferred */
  readonly prior?: boolean
  /** only the worlds of points, without the parts on scaling and questions */
  readonly quick?: boolean
  readonly epochs?: number
}

export async function measure(
  seed: number,
  { prior = false, quick = false, epochs = 60 }: Options = {},
): Promise<Measured> {
  const stream = new RandomStream(seed).derive('vpl')
  const measured: Record<string, number> = {}
  for (const name of quick ? (['opposed'] as const) : (['opposed', 'identical'] as const)) {
    const own = stream.derive(name)
    const world = points(name === 'identical')
    const train = drawUsers(own.derive('train'), world, SETS, EACH)
    const context = drawUsers(own.derive('context'), world, TEST_USERS, EACH)
    const test = drawUsers(own.derive('test'), world, TEST_USERS, EACH, {
      truth: true,
      groups: context.group,
    })
    const model = await learn(seed, train.pairs, { ...SETTING, epochs })
    const chance = own.derive('prior')
    const served = prior
      ? fromPrior(model, context.pairs.users, chance)
      : await personal(model, context.pairs)
    measured[`${name}, VPL`] = await accuracy(served, test.pairs)
    measured[`${name}, one reward`] = await accuracy(await learnOne(seed, train.pairs), test.pairs)
    if (name === 'identical' || prior) continue
    const coin = own.derive('coin')
    const shuffled = flipPairs(
      context.pairs,
      Uint8Array.from({ length: context.pairs.count }, () => coin.below(2)),
    )
    measured['opposed, shuffled labels'] = await accuracy(await personal(model, shuffled), test.pairs)
    if (quick) continue
    const collapsed = await learn(seed, train.pairs, { ...SETTING, klWeight: 100, epochs })
    measured['opposed, KL weight 100'] = await accuracy(await personal(collapsed, context.pairs), test.pairs)
    const { before, after } = await rangeRatios(served, own.derive('grid'))
    measured['range ratio, rewards'] = before
    measured['range ratio, win rates'] = after
    const pool = drawUsers(own.derive('pool'), world, 100, 20, { groups: context.group.slice(0, 100) })
    const rows = Int32Array.from({ length: 100 * EACH }, (_, row) => row)
    const short = await learn(seed, train.pairs, { ...LEAST, epochs })
    const answers = await twoAnswers(short, pool.pairs, 20, selectPairs(test.pairs, rows), 100)
    measured['two answers, active'] = answers.active
    measured['two answers, random'] = answers.random
  }
  if (quick) return measured

  const own = stream.derive('four')
  const train = drawUsers(own.derive('train'), vectors, SETS, EACH)
  const context = drawUsers(own.derive('context'), vectors, TEST_USERS, EACH)
  const test = drawUsers(own.derive('test'), vectors, TEST_USERS, EACH, {
    truth: true,
    groups: context.group,
  })
  const model = await learn(seed, train.pairs, { ...SETTING, epochs: FOUR_EPOCHS })
  const served = await personal(model, context.pairs)
  measured['four, VPL'] = await accuracy(served, test.pairs)
  measured['four, one reward'] = await accuracy(await learnOne(seed, train.pairs), test.pairs)
  measured['four, groups known'] = await knownGroups(seed, train, test)
  measured['four, way to the oracle'] =
    (measured['four, VPL']! - measured['four, one reward']!) /
    (measured['four, groups known']! - measured['four, one reward']!)
  return measured
}

/** One reward a group, trained and tested on its own users: what knowing the groups would give. */
async function knownGroups(seed: number, train: UserSets, test: UserSets): Promise<number> {
  const of = ({ pairs, group }: UserSets, wanted: number): EncodedPairs =>
    selectPairs(
      pairs,
      Int32Array.from(pairs.users.codes.keys()).filter((row) => group[pairs.users.codes[row]!] === wanted),
    )
  let right = 0
  for (let group = 0; group < vectors.groups; group++) {
    const own = of(test, group)
    right += own.count * (await accuracy(await learnOne(seed, of(train, group)), own))
  }
  return right / test.pairs.count
}

export const reproduction = defineReproduction({
  slug: '55-vpl',
  title: 'Personalizing RLHF with Variational Preference Learning',
  task:
    'Points in a square, two kinds of users with goals in two corners (or one), β = 4; 2,000 users with 8 labelled pairs ' +
    'each, 60 epochs, width 64, latent 8, attention encoder, sums and twice the divergence with weight up to 0.5 in four ' +
    'cosine cycles. 500 new users give 8 labels; accuracy on 8 other pairs of theirs against noise-free preferences. ' +
    'Beside it one Bradley–Terry net. Four groups: vectors of 8 columns, each group looks at one, controversial pairs only, 240 epochs.',
  seeds: [100, 101, 102, 103],
  run: (seed) => measure(seed),
  claims: [
    {
      name: 'opposed users',
      sentence: 'Opposed users: at least 0.85, and 0.10 above one reward, in every seed.',
      required: true,
      holds: (seeds) =>
        inSeeds(
          seeds,
          (own) => own['opposed, VPL']! >= 0.85 && own['opposed, VPL']! - own['opposed, one reward']! >= 0.1,
        ),
    },
    {
      name: 'no price for identical users',
      sentence: 'Identical users: at most 0.03 below one reward, in every seed.',
      required: true,
      holds: (seeds) =>
        inSeeds(seeds, (own) => own['identical, VPL']! >= own['identical, one reward']! - 0.03),
    },
    {
      name: 'latent is used',
      sentence:
        'Shuffled labels of the context bring opposed users at least 0.10 below the true ones, in every seed.',
      required: true,
      holds: (seeds) =>
        inSeeds(seeds, (own) => own['opposed, shuffled labels']! <= own['opposed, VPL']! - 0.1),
    },
    {
      name: 'four groups',
      sentence:
        'Four groups: at least half of the way from one reward to rewards of known groups, on average.',
      required: true,
      holds: (seeds) => meanOver(seeds, 'four, way to the oracle') >= 0.5,
    },
    {
      name: 'win rates have one scale',
      sentence:
        'Win-rate scaling brings the largest over the smallest range among users below 1.2, in every seed.',
      required: true,
      holds: (seeds) => inSeeds(seeds, (own) => own['range ratio, win rates']! < 1.2),
    },
    {
      name: 'active questions',
      sentence: 'After two answers, questions chosen by mutual information beat random ones, on average.',
      required: false,
      holds: (seeds) => meanOver(seeds, 'two answers, active') > meanOver(seeds, 'two answers, random'),
    },
    {
      name: 'collapse',
      sentence:
        'With a divergence weight of 100 opposed users fall to within 0.05 of one reward, on average.',
      required: false,
      holds: (seeds) =>
        meanOver(seeds, 'opposed, KL weight 100') <= meanOver(seeds, 'opposed, one reward') + 0.05,
    },
  ],
  sabotage: {
    sentence: 'The latent of every user is drawn from the prior instead of inferred from their labels.',
    run: (seed) => measure(seed, { prior: true, quick: true }),
    breaks: ['opposed users'],
  },
  charts: [
    {
      title: 'New users after 8 labels',
      unit: 'share of noise-free pairs',
      bars: {
        'opposed: one reward': 'opposed, one reward',
        'opposed: VPL': 'opposed, VPL',
        'opposed: shuffled labels': 'opposed, shuffled labels',
        'identical: one reward': 'identical, one reward',
        'identical: VPL': 'identical, VPL',
      },
    },
    {
      title: 'Four groups, controversial pairs',
      unit: 'share of noise-free pairs',
      bars: {
        'one reward': 'four, one reward',
        VPL: 'four, VPL',
        'groups known': 'four, groups known',
      },
    },
    {
      title: 'After two answers',
      unit: 'share of noise-free pairs',
      bars: { 'random questions': 'two answers, random', 'active questions': 'two answers, active' },
    },
  ],
  notes: [
    'The four groups rate vectors, not written replies: those need the language testbed. Their 240 epochs were chosen on ' +
      'pilot seeds: with the 60 of the other worlds VPL had gone 0.16 of the way (seed 0), with 240 it reached 0.90 (seed 1).',
    'The control version’s form of the loss is used (sums, the divergence without its ½) with the language version’s ' +
      'encoder (any number of pairs in any order), whose means and log-variances are held in [−1, 1]; latents are not ' +
      'brought to a fixed length. In training the encoder sees 2 to 8 pairs of a set, for active questions 1 to 8.',
    'Active questions are chosen by a Gaussian-mixture estimate of mutual information; the published formula is available ' +
      'as a rule and was not compared here.',
    'Win-rate scaling brings the ranges of users closer, from a ratio of 1.70 on average to 1.21, but not below the fixed 1.2 ' +
      'in every seed (1.27, 1.23, 1.17, 1.18): among 100 users those whose eight answers leave them in between have flatter ' +
      'win rates, too.',
    'The sabotage runs in the world of opposed users only. Four evidence seeds, a seed takes over a minute.',
    'The paper’s offline reinforcement learning on relabelled data is not part of this reproduction.',
  ],
})
