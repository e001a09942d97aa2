/** Paper 45: a mixture of rewards, adapted to a group by a few labels, where one reward can only average. */
import { irreducibleError } from '../../src/audit/irreducible-error.ts'
import { defineReproduction, inSeeds, type Measured, meanOver } from '../../src/kinds/reproduction.ts'
import { RandomStream } from '../../src/numerics/random.ts'
import { routedPreference } from '../../src/numerics/routed-score.ts'
import { sigmoid } from '../../src/numerics/sigmoid.ts'
import { mixtureBounds } from '../../src/preferences/testbed/mixture.ts'
import { type PopulationName, population } from '../../src/preferences/testbed/populations.ts'
import { bradleyTerryHead } from '../../src/reward-models/bradley-terry-head.ts'
import {
  type EncodedPairs,
  flipPairs,
  pairsOfFeatures,
  selectPairs,
} from '../../src/reward-models/encoded-pairs.ts'
import { mixture } from '../../src/reward-models/mixture.ts'
import { mixturePreference } from '../../src/reward-models/mixture-preference.ts'
import { adaptMixture } from '../../src/reward-models/mixture-users.ts'
import { openRowScorer, type Scorable } from '../../src/reward-models/score-rows.ts'
import { answerPairs, drawGate, RATIONALITY, WIDTH } from './world.ts'

const PAIRS = 20_000
const TEST = 2000
/** users of each group who give labels of their own */
const USERS = 5
const CURVE = [0, 5, 15, 30, 50] as const
const PRESETS = ['opposed', 'four', 'agree'] as const satisfies readonly PopulationName[]

const share = (probability: ArrayLike<number>): number => {
  let right = 0
  for (let pair = 0; pair < probability.length; pair++)
    right += probability[pair]! > 0.5 ? 1 : probability[pair] === 0.5 ? 0.5 : 0
  return right / probability.length
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** P(chosen) of one reward. */
async function singleReward(model: Scorable, pairs: EncodedPairs): Promise<Float64Array> {
  const scorer = await openRowScorer(model)
  const chosen = await scorer.score({ completion: pairs.chosen })
  const rejected = await scorer.score({ completion: pairs.rejected })
  await scorer.close()
  return chosen.reward.map((reward, row) => sigmoid(reward - rejected.reward[row]!))
}

interface Options {
  readonly pairs?: number
  readonly heads?: number
  /** labels of the adaptation are drawn by a coin */
  readonly shuffled?: boolean
  readonly presets?: readonly (typeof PRESETS)[number][]
  readonly loadBalances?: readonly number[]
}

export async function measure(seed: number, options: Options = {}): Promise<Measured> {
  const { pairs = PAIRS, heads = 6, shuffled = false, presets = PRESETS, loadBalances = [0.5, 0] } = options
  const context = { seed, worker: false, threads: 1 } as const
  const measured: Record<string, number> = {}
  for (const preset of presets) {
    const stream = new RandomStream(seed).derive(preset)
    const people = population(stream, preset, { dimensions: WIDTH })
    const groups = people.teachers.length
    const gate = drawGate(stream.derive('gate'), groups)
    const answered = answerPairs(stream.derive('train'), people, gate, pairs)
    const held = answerPairs(stream.derive('held out'), people, gate, TEST)
    const tests = people.teachers.map(
      (_, group) =>
        answerPairs(stream.derive(`test ${group}`), people, gate, TEST, { only: group, truth: true }).pairs,
    )
    const labels = people.teachers.map((_, group) =>
      Array.from({ length: USERS }, (_, user) => {
        const own = answerPairs(stream.derive(`user ${group} ${user}`), people, gate, 50, {
          only: group,
        }).pairs
        const coin = stream.derive(`coin ${group} ${user}`)
        return shuffled
          ? flipPairs(
              own,
              Uint8Array.from({ length: 50 }, () => coin.below(2)),
            )
          : own
      }),
    )
    const data = { train: answered.pairs, validation: pairsOfFeatures([], [], WIDTH) }
    const training = { epochs: 12, batchSize: 256, rate: 5e-3, schedule: 'constant', select: 'last' } as const
    const one = await bradleyTerryHead.run(data, { ...training, hidden: [], weightDecay: 0 }, context)
    const single: Scorable = {
      recipe: bradleyTerryHead as never,
      ...one.model,
      parameters: one.parameters,
      width: WIDTH,
    }
    const byOne: number[] = []
    for (const test of tests) byOne.push(share(await singleReward(single, test)))
    measured[`${preset}, one reward`] = mean(byOne)

    // p* of a pair, from the groups' shares of its own prompt.
    let entropy = 0
    for (let pair = 0; pair < TEST; pair++) {
      const bounds = mixtureBounds(
        held.shares.subarray(pair * groups, (pair + 1) * groups),
        held.differences.subarray(pair * groups, (pair + 1) * groups).map((gap) => RATIONALITY * gap),
      )
      entropy += bounds.entropyWithoutGroup / TEST
      for (const name of ['accuracyWithoutGroup', 'accuracyWithGroup'] as const)
        measured[`${preset}, Bayes ${name}`] =
          (measured[`${preset}, Bayes ${name}`] ?? 0) + bounds[name] / TEST
    }
    const oneHeld = await singleReward(single, held.pairs)

    for (const loadBalance of loadBalances) {
      const tag = loadBalance === 0 ? `${preset}, λ 0` : preset
      const run = await mixture.run(data, { ...training, heads, loadBalance }, context)
      const model: Scorable = {
        recipe: mixture as never,
        ...run.model,
        parameters: run.parameters,
        width: WIDTH,
      }
      const fit = irreducibleError(oneHeld, (await mixturePreference(model, held.pairs)).probability)
      measured[`${tag}, log-loss removed`] = fit.removed
      measured[`${tag}, share of computable gap`] = fit.removed / (fit.single - entropy)
      const unknown: number[] = []
      const best: number[] = []
      const even: number[] = []
      const adapted = CURVE.map(() => [] as number[])
      for (const [group, test] of tests.entries()) {
        const { chosen, rejected, weights, probability } = await mixturePreference(model, test)
        unknown.push(share(probability))
        even.push(share(routedPreference(chosen, rejected, new Float64Array(heads).fill(1 / heads), heads)))
        best.push(
          Math.max(
            ...Array.from({ length: heads }, (_, head) =>
              share(
                Float64Array.from({ length: test.count }, (_, pair) =>
                  sigmoid(chosen[pair * heads + head]! - rejected[pair * heads + head]!),
                ),
              ),
            ),
          ),
        )
        for (const own of labels[group]!) {
          for (const [place, count] of CURVE.entries()) {
            const seen = selectPairs(
              own,
              Int32Array.from({ length: count }, (_, row) => row),
            )
            const logits = adaptMixture(model.weights, seen)
            const routed = weights.map((weight, at) => weight * Math.exp(logits[at % heads]!))
            for (let pair = 0; pair < test.count; pair++) {
              let sum = 0
              for (let head = 0; head < heads; head++) sum += routed[pair * heads + head]!
              for (let head = 0; head < heads; head++) routed[pair * heads + head]! /= sum
            }
            adapted[place]!.push(share(routedPreference(chosen, rejected, routed, heads)))
          }
        }
      }
      measured[`${tag}, group unknown`] = mean(unknown)
      measured[`${tag}, even heads`] = mean(even)
      measured[`${tag}, best head`] = mean(best)
      CURVE.forEach((count, place) => {
        measured[`${tag}, Hedge ${count}`] = mean(adapted[place]!)
      })
    }
  }
  return measured
}

export const reproduction = defineReproduction({
  slug: '45-micro',
  title: 'MiCRo: Mixture Modeling and Context-aware Routing for Personalized Preference Learning',
  task:
    '20,000 pairs of 16 features answered once each (β = 4) by a member of a group that is drawn from softmax(V·prompt); ' +
    'six linear heads and a router on a prompt of 6 numbers, against one linear Bradley–Terry reward. Every group is ' +
    'tested alone against its noise-free preferences; five users a group give up to 50 labels, and Hedge (η = 1) turns ' +
    'them into weights of the heads.',
  seeds: [100, 101, 102, 103, 104, 105, 106, 107, 108, 109],
  run: (seed) => measure(seed),
  claims: [
    {
      name: 'opposed groups',
      sentence: 'Two opposed groups: with 30 labels at least 0.3 above one reward, in every seed.',
      required: true,
      holds: (seeds) =>
        inSeeds(seeds, (own) => own['opposed, Hedge 30']! >= own['opposed, one reward']! + 0.3),
    },
    {
      name: 'four groups',
      sentence: 'Four orthogonal groups: with 30 labels at least 0.1 above one reward, in every seed.',
      required: true,
      holds: (seeds) => inSeeds(seeds, (own) => own['four, Hedge 30']! >= own['four, one reward']! + 0.1),
    },
    {
      name: 'no price where all agree',
      sentence: 'Groups that agree: with 30 labels at most 0.03 below one reward, in every seed.',
      required: true,
      holds: (seeds) => inSeeds(seeds, (own) => own['agree, Hedge 30']! >= own['agree, one reward']! - 0.03),
    },
    {
      name: 'log-loss',
      sentence:
        'Opposed and four: the mixture removes at least half of the computable gap between one reward’s log-loss and ' +
        'E[H(p*)], on average.',
      required: true,
      holds: (seeds) =>
        meanOver(seeds, 'opposed, share of computable gap') >= 0.5 &&
        meanOver(seeds, 'four, share of computable gap') >= 0.5,
    },
    {
      name: 'balance hurts four groups',
      sentence: 'Four groups are recovered better without the load-balance term than with 0.5, on average.',
      required: false,
      holds: (seeds) => meanOver(seeds, 'four, λ 0, Hedge 30') > meanOver(seeds, 'four, Hedge 30'),
    },
  ],
  sabotage: {
    sentence: 'Labels of the adaptation are drawn by a coin.',
    run: (seed) => measure(seed, { shuffled: true, loadBalances: [0.5] }),
    breaks: ['opposed groups', 'four groups'],
  },
  charts: [
    {
      title: 'Two opposed groups: accuracy in each group',
      unit: 'share of noise-free pairs',
      bars: {
        'one reward': 'opposed, one reward',
        'mixture, group unknown': 'opposed, group unknown',
        'mixture, 5 labels': 'opposed, Hedge 5',
        'mixture, 15 labels': 'opposed, Hedge 15',
        'mixture, 30 labels': 'opposed, Hedge 30',
      },
    },
    {
      title: 'Four orthogonal groups: accuracy in each group',
      unit: 'share of noise-free pairs',
      bars: {
        'one reward': 'four, one reward',
        'mixture, 30 labels (λ 0.5)': 'four, Hedge 30',
        'mixture, 30 labels (λ 0)': 'four, λ 0, Hedge 30',
        'best head (λ 0)': 'four, λ 0, best head',
      },
    },
  ],
  notes: [
    'Published λ_LB = 0.5 and 0 are both reported; the claims use 0.5. In this world it costs head recovery with four groups.',
    'Two claims do not hold as they were fixed. Opposed groups: nine of ten seeds gain 0.43 to 0.49, but in seed 106 the ' +
      'heads hardly left one another (best head 0.61) and Hedge has nothing to choose from; without the balance term that ' +
      'seed reaches 0.84. Log-loss: with λ_LB = 0.5 the mixture removes 0.59 of the gap with two groups but 0.38 with ' +
      'four (0.89 and 0.87 without the balance term).',
    'The card fixes half of “the computable gap” without a formula; here it is the log-loss of one reward minus E[H(p*)].',
    'Stage 2 of the paper trains a router on texts of criteria; its code is not released. Here a user’s labels give the ' +
      'weights directly (Hedge), which is what that router is taught to predict.',
    'The Bayes accuracies beside the scores are of noisy labels with and without the group; scores are against noise-free ' +
      'preferences and may therefore lie above them.',
    'The part on written replies with real text embeddings needs the language testbed and was not run.',
  ],
})
