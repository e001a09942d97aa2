/** Paper 55: a reward that infers its user from a few labels serves people whom one reward can only average. */
import { hostTensor } from '../../src/engine/host-tensor.ts'
import { defineReproduction, inSeeds, type Measured, meanOver } from '../../src/kinds/reproduction.ts'
import { RandomStream } from '../../src/numerics/random.ts'
import { winRateScaled } from '../../src/numerics/win-rate-scaling.ts'
import { activeQueries, QUERY_RULES, type QueryRule } from '../../src/preferences/active/active-queries.ts'
import { bradleyTerryHead } from '../../src/reward-models/bradley-terry-head.ts'
import {
  type EncodedPairs,
  flipPairs,
  noCategories,
  pairsOfFeatures,
  selectPairs,
} from '../../src/reward-models/encoded-pairs.ts'
import type { Recipe } from '../../src/reward-models/recipe.ts'
import { openRowScorer } from '../../src/reward-models/score-rows.ts'
import {
  priorOf,
  type UserPosteriors,
  userPosteriors,
  type VariationalModel,
} from '../../src/reward-models/user-posterior.ts'
import { variationalPreferences } from '../../src/reward-models/variational-preferences.ts'
import {
  agreement,
  askEverybody,
  boundsOf,
  drawUsers,
  fourGroups,
  informedAgreement,
  plane,
  rowsOfUsers,
  type UserData,
  type World,
} from './world.ts'

const SEEN = 8
const TEST_USERS = 500

const noPairs = (width: number): EncodedPairs => pairsOfFeatures([], [], width)

interface TrainOptions {
  readonly encoder?: 'attention' | 'ordered'
  readonly divergence?: number
  readonly epochs?: number
  readonly sets?: number
}

async function trainVpl(
  train: UserData,
  seed: number,
  options: TrainOptions = {},
): Promise<VariationalModel> {
  const { width } = train.pairs
  const run = await variationalPreferences.run(
    { train: train.pairs, validation: noPairs(width) },
    {
      encoder: options.encoder ?? 'attention',
      context: SEEN,
      fewest: 2,
      targets: 0,
      latent: 8,
      hidden: 64,
      prior: 'learned',
      form: 'control',
      divergence: options.divergence ?? 0.5,
      cycles: 4,
      sets: options.sets ?? 256,
      epochs: options.epochs ?? 60,
      rate: 1e-3,
      schedule: 'constant',
    },
    { seed, worker: false, threads: 1 },
  )
  return { weights: run.model.weights, parameters: run.parameters, width }
}

/** Rewards of both sides of rows, for each row's own latent. */
async function personalMargins(
  model: VariationalModel,
  pairs: EncodedPairs,
  rows: Int32Array,
  userOf: (row: number) => number,
  latent: Float32Array,
): Promise<Float64Array> {
  const width = model.weights['encoder.mean.weight']!.shape[0]!
  const scorer = await openRowScorer({
    recipe: variationalPreferences as unknown as Recipe,
    ...model,
    settings: {},
    users: {
      names: Array.from({ length: latent.length / width }, (_, user) => `${user}`),
      vectors: latent,
      width,
      unknown: new Float32Array(width),
    },
  })
  const some = selectPairs(pairs, rows)
  const users = Array.from(rows, (row) => `${userOf(row)}`)
  const chosen = await scorer.score({ completion: some.chosen, users })
  const rejected = await scorer.score({ completion: some.rejected, users })
  await scorer.close()
  return chosen.reward.map((reward, row) => reward - rejected.reward[row]!)
}

/** Accuracy on each user's test pairs with the given latents. */
async function accuracyOf(
  model: VariationalModel,
  data: UserData,
  groups: number,
  latent: Float32Array,
): Promise<number> {
  const rows = Int32Array.from(rowsOfUsers(data, SEEN, data.perUser).flatMap((own) => Array.from(own)))
  const margins = await personalMargins(
    model,
    data.pairs,
    rows,
    (row) => Math.floor(row / data.perUser),
    latent,
  )
  return agreement(data, groups, rows, (_, index) => margins[index]!)
}

const contextOf = (
  model: VariationalModel,
  data: UserData,
  pairs = data.pairs,
  seen = SEEN,
): Promise<UserPosteriors> => userPosteriors(model, pairs, rowsOfUsers(data, 0, seen))

/** One Bradley–Terry reward; with `oracle` it is also told each user's true group. */
async function oneReward(
  train: UserData,
  test: UserData,
  groups: number,
  seed: number,
  oracle = false,
): Promise<number> {
  const told = (data: UserData): EncodedPairs => {
    if (!oracle) return data.pairs
    const { width, count, chosen, rejected } = data.pairs
    const wide = (table: EncodedPairs['chosen']): Float32Array => {
      const values = new Float32Array(count * (width + groups))
      const from = (table as { readonly values: ArrayLike<number> }).values
      for (let row = 0; row < count; row++) {
        for (let column = 0; column < width; column++)
          values[row * (width + groups) + column] = from[row * width + column]!
        values[row * (width + groups) + width + data.group[Math.floor(row / data.perUser)]!] = 1
      }
      return values
    }
    return pairsOfFeatures(wide(chosen), wide(rejected), width + groups)
  }
  const pairs = { ...told(train), users: noCategories(train.pairs.count) }
  const run = await bradleyTerryHead.run(
    { train: pairs, validation: noPairs(pairs.width) },
    { hidden: [64, 64], batchSize: 256, epochs: 10, rate: 1e-3, weightDecay: 0, select: 'last' },
    { seed, worker: false, threads: 1 },
  )
  const scorer = await openRowScorer({
    recipe: bradleyTerryHead as unknown as Recipe,
    parameters: run.parameters,
    weights: run.model.weights,
    settings: {},
    width: pairs.width,
  })
  const rows = Int32Array.from(rowsOfUsers(test, SEEN, test.perUser).flatMap((own) => Array.from(own)))
  const some = selectPairs(told(test), rows)
  const chosen = await scorer.score({ completion: some.chosen })
  const rejected = await scorer.score({ completion: some.rejected })
  await scorer.close()
  return agreement(test, groups, rows, (_, index) => chosen.reward[index]! - rejected.reward[index]!)
}

/** Every user's labels by a coin. */
function shuffled(pairs: EncodedPairs, stream: RandomStream): EncodedPairs {
  return flipPairs(
    pairs,
    Uint8Array.from({ length: pairs.count }, () => stream.below(2)),
  )
}

/** Ranges of rewards over a fixed set of items between users: the largest by the smallest, before and after scaling. */
async function ranges(
  model: VariationalModel,
  world: World,
  latent: Float32Array,
  stream: RandomStream,
): Promise<{ readonly before: number; readonly after: number; readonly users: number }> {
  const count = 200
  const width = model.weights['encoder.mean.weight']!.shape[0]!
  const users = Math.min(100, latent.length / width)
  const items = Float32Array.from(world.items(stream, count).features)
  const zero = new Float32Array(items.length)
  const pairs = pairsOfFeatures(items, zero, world.dimensions)
  const raw: number[] = []
  const scaled: number[] = []
  const spread = (values: ArrayLike<number>): number => {
    const all = Array.from(values)
    return Math.max(...all) - Math.min(...all)
  }
  const rows = Int32Array.from({ length: users * count }, (_, index) => index % count)
  const scorer = await openRowScorer({
    recipe: variationalPreferences as unknown as Recipe,
    ...model,
    settings: {},
    users: {
      names: Array.from({ length: users }, (_, user) => `${user}`),
      vectors: latent,
      width,
      unknown: new Float32Array(width),
    },
  })
  const { reward } = await scorer.score({
    completion: hostTensor(
      Float32Array.from({ length: rows.length * world.dimensions }, (_, at) => items[at % items.length]!),
      [rows.length, pairs.width],
    ),
    users: Array.from(rows, (_, index) => `${Math.floor(index / count)}`),
  })
  await scorer.close()
  for (let user = 0; user < users; user++) {
    const own = reward.subarray(user * count, (user + 1) * count)
    raw.push(spread(own))
    scaled.push(spread(winRateScaled(own, own)))
  }
  const ratio = (values: readonly number[]): number => Math.max(...values) / Math.min(...values)
  return { before: ratio(raw), after: ratio(scaled), users }
}

/** Queries that are asked, the best of those compared; users take turns, so that no single query decides. */
const ASKED = 10

/** Accuracy after two pairs: from the queries that tell most, or random pairs of each user's own. */
async function afterTwo(
  model: VariationalModel,
  world: World,
  test: UserData,
  stream: RandomStream,
): Promise<Record<QueryRule | 'random', number>> {
  const groups = world.teachers.length
  const random = await contextOf(model, test, test.pairs, 2)
  const found = { random: await accuracyOf(model, test, groups, random.latent) } as Record<
    QueryRule | 'random',
    number
  >
  const pool = drawUsers(stream.derive('pool'), world, 100, 4, { controversial: groups === 4 })
  for (const rule of QUERY_RULES) {
    const queries = await activeQueries(model, pool.pairs, stream.derive('queries'), {
      size: 2,
      candidates: 200,
      rule,
    })
    const latent = random.latent.slice()
    for (const [place, { rows }] of queries.slice(0, ASKED).entries()) {
      const answers = askEverybody(
        stream.derive(`answers ${place}`),
        world,
        test.group,
        selectPairs(pool.pairs, rows),
      )
      const told = await userPosteriors(model, answers.pairs, rowsOfUsers(answers, 0, 2))
      for (let user = place; user < test.group.length; user += ASKED)
        latent.set(told.latent.subarray(user * told.width, (user + 1) * told.width), user * told.width)
    }
    found[rule] = await accuracyOf(model, test, groups, latent)
  }
  return found
}

interface Options {
  /** sets of eight pairs to train on */
  readonly users?: number
  readonly epochs?: number
  /** sets a step with two goals */
  readonly sets?: number
  /** only the two goals, and neither other encoders nor queries */
  readonly quick?: boolean
  /** latents are drawn from the prior instead of inferred */
  readonly blind?: boolean
}

export async function measure(seed: number, options: Options = {}): Promise<Measured> {
  const { users = 2000, quick = false, blind = false } = options
  const train = { ...(options.epochs && { epochs: options.epochs }) }
  const measured: Record<string, number> = {}
  const inWorld = async (name: string, world: World, controversial: boolean) => {
    const stream = new RandomStream(seed).derive(name)
    const groups = world.teachers.length
    const training = drawUsers(stream.derive('train'), world, users, SEEN, { controversial })
    const test = drawUsers(stream.derive('test'), world, TEST_USERS, 2 * SEEN, { controversial })
    const model = await trainVpl(training, seed, {
      ...train,
      sets: groups === 4 ? 64 : (options.sets ?? 256),
    })
    const posterior = await contextOf(model, test)
    const draws = stream.derive('prior')
    const prior = priorOf(model.weights, posterior.width)
    const latent = blind
      ? posterior.latent.map((_, at) => {
          const entry = at % posterior.width
          return prior.mean[entry]! + Math.exp(prior.logVariance[entry]! / 2) * draws.normal()
        })
      : posterior.latent
    measured[`${name}, VPL`] = await accuracyOf(model, test, groups, latent)
    measured[`${name}, one reward`] = await oneReward(training, test, groups, seed)
    if (!blind) {
      const coin = await contextOf(model, test, shuffled(test.pairs, stream.derive('coin')))
      measured[`${name}, VPL with shuffled labels`] = await accuracyOf(model, test, groups, coin.latent)
      measured[`${name}, utilities known`] = informedAgreement(test, groups, SEEN)
      const bounds = boundsOf(test, groups)
      measured[`${name}, Bayes accuracyWithoutGroup`] = bounds.accuracyWithoutGroup
      measured[`${name}, Bayes accuracyWithGroup`] = bounds.accuracyWithGroup
    }
    return { world, stream, training, test, model, posterior }
  }
  const opposed = await inWorld('opposed', plane(), false)
  if (quick || blind) return measured

  for (const [name, settings] of [
    ['ordered encoder', { encoder: 'ordered' }],
    ['divergence 100', { divergence: 100 }],
  ] as const) {
    const model = await trainVpl(opposed.training, seed, { ...train, ...settings })
    const { latent } = await contextOf(model, opposed.test)
    measured[`opposed, VPL, ${name}`] = await accuracyOf(model, opposed.test, 2, latent)
  }
  const { before, after } = await ranges(
    opposed.model,
    opposed.world,
    opposed.posterior.latent,
    opposed.stream.derive('items'),
  )
  measured['opposed, ranges, raw'] = before
  measured['opposed, ranges, scaled'] = after
  await inWorld('identical', plane(true), false)
  const four = await inWorld('four', fourGroups(new RandomStream(seed).derive('people')), true)
  measured['four, group known'] = await oneReward(four.training, four.test, 4, seed, true)
  for (const [name, { model, world, test, stream }] of Object.entries({ opposed, four })) {
    const found = await afterTwo(model, world, test, stream)
    for (const [rule, accuracy] of Object.entries(found)) measured[`${name}, two pairs, ${rule}`] = accuracy
  }
  return measured
}

export const reproduction = defineReproduction({
  slug: '55-vpl',
  title: 'Personalizing RLHF with Variational Preference Learning',
  task:
    '2,000 users with eight labelled pairs each (β = 4) train a reward that reads a latent of its user (8 numbers, width ' +
    '64, 60 epochs); 500 new users give eight labelled pairs and are judged on eight others against their noise-free ' +
    'preferences, beside one Bradley–Terry reward. Users want to be near one of two goals in the plane, near the same ' +
    'goal, or look at one of four columns of eight (only pairs on which the four disagree).',
  seeds: [100, 101, 102, 103, 104, 105, 106, 107, 108, 109],
  run: (seed) => measure(seed),
  claims: [
    {
      name: 'opposed users',
      sentence: 'Two goals: at least 0.1 above one reward and at least 0.85, in every seed.',
      required: true,
      holds: (seeds) =>
        inSeeds(
          seeds,
          (own) => own['opposed, VPL']! >= own['opposed, one reward']! + 0.1 && own['opposed, VPL']! >= 0.85,
        ),
    },
    {
      name: 'no price where all agree',
      sentence: 'One goal: at most 0.03 below one reward, in every seed.',
      required: true,
      holds: (seeds) =>
        inSeeds(seeds, (own) => own['identical, VPL']! >= own['identical, one reward']! - 0.03),
    },
    {
      name: 'the labels are used',
      sentence:
        'Two goals: with the labels of the eight pairs drawn by a coin at least 0.1 lower, in every seed.',
      required: true,
      holds: (seeds) =>
        inSeeds(seeds, (own) => own['opposed, VPL']! >= own['opposed, VPL with shuffled labels']! + 0.1),
    },
    {
      name: 'posterior collapse',
      sentence:
        'Two goals: with a weight of 100 on the divergence no more than 0.03 above one reward, in every seed.',
      required: true,
      holds: (seeds) =>
        inSeeds(seeds, (own) => own['opposed, VPL, divergence 100']! <= own['opposed, one reward']! + 0.03),
    },
    {
      name: 'four groups',
      sentence:
        'Four groups: at least half-way from one reward to a reward that is told the true group, on average.',
      required: true,
      holds: (seeds) =>
        meanOver(seeds, 'four, VPL') >=
        (meanOver(seeds, 'four, one reward') + meanOver(seeds, 'four, group known')) / 2,
    },
    {
      name: 'one scale for all users',
      sentence:
        'Two goals: over 200 items and 100 users the widest range of rewards is less than 1.2 times the narrowest after ' +
        'win-rate scaling, on average.',
      required: true,
      holds: (seeds) => meanOver(seeds, 'opposed, ranges, scaled') < 1.2,
    },
    {
      name: 'scaling narrows',
      sentence: 'Two goals: this ratio is smaller after win-rate scaling than before, in every seed.',
      required: false,
      holds: (seeds) =>
        inSeeds(seeds, (own) => own['opposed, ranges, scaled']! < own['opposed, ranges, raw']!),
    },
    {
      name: 'active queries',
      sentence:
        'Two pairs chosen by the information of their answers give at least 0.01 more than two random ones, with two ' +
        'goals and with four groups, on average.',
      required: true,
      holds: (seeds) =>
        (['opposed', 'four'] as const).every(
          (world) =>
            meanOver(seeds, `${world}, two pairs, information`) >=
            meanOver(seeds, `${world}, two pairs, random`) + 0.01,
        ),
    },
  ],
  sabotage: {
    sentence: 'Users’ latents are drawn from the prior instead of inferred from their pairs.',
    run: (seed) => measure(seed, { blind: true }),
    breaks: ['opposed users'],
  },
  charts: [
    {
      title: 'Two opposed goals: accuracy on new users',
      unit: 'share of noise-free pairs',
      bars: {
        'one reward': 'opposed, one reward',
        'inferred user': 'opposed, VPL',
        'control encoder': 'opposed, VPL, ordered encoder',
        'labels by a coin': 'opposed, VPL with shuffled labels',
        'divergence × 100': 'opposed, VPL, divergence 100',
        'utilities known': 'opposed, utilities known',
      },
    },
    {
      title: 'Four groups: accuracy on new users',
      unit: 'share of noise-free pairs',
      bars: {
        'one reward': 'four, one reward',
        'inferred user': 'four, VPL',
        'group known': 'four, group known',
      },
    },
    {
      title: 'Accuracy after two answers',
      unit: 'share of noise-free pairs',
      bars: {
        'two goals, random': 'opposed, two pairs, random',
        'two goals, by information': 'opposed, two pairs, information',
        'two goals, as published': 'opposed, two pairs, as-published',
        'four groups, random': 'four, two pairs, random',
        'four groups, by information': 'four, two pairs, information',
        'four groups, as published': 'four, two pairs, as-published',
      },
    },
  ],
  notes: [
    'The encoder is the language version’s (attention, 2 to 8 pairs); the control version’s stands beside it. The loss is ' +
      'the control version’s: sums, twice the divergence, its weight rising to 0.5 in four cycles.',
    'Four groups are vectors, not texts. Batches of 256 sets, as with two goals, left the four-group model short of half-way ' +
      'in two pilot seeds; batches of 64 (four times the steps) were then fixed for it.',
    'Win-rate scaling does not reach the fixed 1.2: the ratio falls from 1.74 to 1.21 on average (1.17 to 1.29). It compares ' +
      'single users, so those whose eight labels contradict each other decide it; pilot seeds had 1.20 to 1.23.',
    'The authors’ information score as coded compares a logarithm of a sum with a sum of logarithms; it is reported beside ' +
      'the estimate by pairwise divergences, which the claim uses.',
    'Bayes accuracies are of noisy labels, scores against noise-free preferences: they may lie above them. “Utilities ' +
      'known” weighs the true groups by Bayes’ rule after the same eight labels and bounds every model.',
    'Policies, Pets and UltraFeedback-P are not part of it: they need a language model.',
  ],
})
