/** Paper 55: a reward that infers its user from a few labels serves people whom one reward can only average. */
import { hostTensor } from '../../src/engine/host-tensor.ts'
import { defineReproduction, inSeeds, type Measured, meanOver } from '../../src/kinds/reproduction.ts'
import { RandomStream } from '../../src/numerics/random.ts'
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
import { winRatesAgainst } from '../../src/shaping/win-rate-scaling.ts'
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
      sets: 256,
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
  const width = model.parameters.latent
  const scorer = await openRowScorer({
    recipe: variationalPreferences as unknown as Recipe,
    ...model,
    parameters: { ...model.parameters },
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
  const width = model.parameters.latent
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
    parameters: { ...model.parameters },
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
    scaled.push(spread(winRatesAgainst(own, new Uint8Array(count).fill(1), own)))
  }
  const ratio = (values: readonly number[]): number => Math.max(...values) / Math.min(...values)
  return { before: ratio(raw), after: ratio(scaled), users }
}

/** Accuracy after two pairs: those that tell most, asked of everybody, or random ones of each user's own. */
async function afterTwo(
  model: VariationalModel,
  world: World,
  test: UserData,
  stream: RandomStream,
): Promise<Record<QueryRule | 'random', number>> {
  const groups = world.teachers.length
  const random = await contextOf(model, test, test.pairs, 2)
  const pool = drawUsers(stream.derive('pool'), world, 100, 4)
  const found = { random: await accuracyOf(model, test, groups, random.latent) } as Record<
    QueryRule | 'random',
    number
  >
  for (const rule of QUERY_RULES) {
    const [best] = await activeQueries(model, pool.pairs, stream.derive('queries'), {
      size: 2,
      candidates: 200,
      rule,
    })
    const asked = selectPairs(pool.pairs, best!.rows)
    const answers = askEverybody(stream.derive('answers'), world, test.group, asked)
    const { latent } = await userPosteriors(model, answers.pairs, rowsOfUsers(answers, 0, 2))
    found[rule] = await accuracyOf(model, test, groups, latent)
  }
  return found
}

interface Options {
  /** sets of eight pairs to train on */
  readonly users?: number
  readonly epochs?: number
  /** only the opposed users, with one encoder */
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
    const model = await trainVpl(training, seed, train)
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

void [meanOver, inSeeds, defineReproduction]
