/** Paper 19: which head a frozen encoder needs, and what mixing sources brings. */
import type { z } from 'zod'
import { defineReproduction, inSeeds, type Measured, meanOver } from '../../src/kinds/reproduction.ts'
import { bradleyTerryHead } from '../../src/reward-models/bradley-terry-head.ts'
import { type EncodedPairs, selectPairs } from '../../src/reward-models/encoded-pairs.ts'
import { joinPairs } from '../../src/reward-models/join-pairs.ts'
import { scorePairs } from '../../src/reward-models/score-pairs.ts'
import { sourceAblation } from '../../src/reward-models/source-ablation.ts'
import { pairQuality } from '../../src/reward-models/train-pairs.ts'
import { groundingWorld, teacherWorld } from './world.ts'

type Parameters = z.input<typeof bradleyTerryHead.parameters>

const PAIRS = 4000
const WIDTH = 48

const common: Parameters = {
  epochs: 12,
  batchSize: 128,
  rate: 2e-3,
  schedule: 'constant',
  weightDecay: 0,
  select: 'last',
}
const heads: Readonly<Record<string, Parameters>> = {
  linear: { hidden: [] },
  'two layers, none': { hidden: [WIDTH], activation: 'none' },
  'two layers, tanh': { hidden: [WIDTH], activation: 'tanh' },
  'two layers, SiLU': { hidden: [WIDTH] },
  'three layers, SiLU': { hidden: [WIDTH, WIDTH] },
  'four layers, SiLU': { hidden: [WIDTH, WIDTH, WIDTH] },
}
const extras: Readonly<Record<string, Parameters>> = {
  'SiLU, centring 0.01': { hidden: [WIDTH], centring: 0.01 },
  'SiLU, centring 0.1': { hidden: [WIDTH], centring: 0.1 },
  'SiLU, centring 1': { hidden: [WIDTH], centring: 1 },
  'SiLU, length-normalised': { hidden: [WIDTH], lengthNormalised: true },
}

const context = (seed: number) => ({ seed, worker: false, threads: 1 })
const alone = (train: EncodedPairs) => ({ train, validation: selectPairs(train, new Int32Array(0)) })

/** Rewards of the test pairs by a head trained on `train`. */
async function judge(train: EncodedPairs, test: EncodedPairs, parameters: Parameters, seed: number) {
  const trained = await bradleyTerryHead.run(alone(train), { ...common, ...parameters }, context(seed))
  const rewards = await scorePairs(bradleyTerryHead, trained, test)
  return { rewards, accuracy: pairQuality(rewards.chosen, rewards.rejected).accuracy }
}

export interface MeasureOptions {
  readonly sabotaged?: boolean
  /** only what the required claims on heads, sources and members need */
  readonly quick?: boolean
}

export async function measure(seed: number, options: MeasureOptions = {}): Promise<Measured> {
  const { sabotaged = false, quick = false } = options
  const measured: Record<string, number> = {}
  const world = groundingWorld(seed, { interaction: true, swapImages: sabotaged })
  // The sabotage takes the non-linearity out and tears images from their replies.
  const parametersOf = (parameters: Parameters): Parameters =>
    sabotaged ? { ...parameters, activation: 'none' } : parameters
  const train = world.draw('train', 'all', PAIRS, false)
  const test = world.draw('test', 'all', PAIRS, true)
  const few = ['linear', 'two layers, none', 'two layers, SiLU']
  const tried = Object.entries(heads).filter(([name]) => !quick || few.includes(name))
  for (const [name, parameters] of [...tried, ...(quick ? [] : Object.entries(extras))])
    measured[name] = (await judge(train, test, parametersOf(parameters), seed)).accuracy

  const members: Awaited<ReturnType<typeof judge>>[] = []
  for (const own of [seed, seed + 1000, seed + 2000])
    members.push(await judge(train, test, parametersOf(heads['two layers, SiLU']!), own))
  const sum = (side: 'chosen' | 'rejected'): Float64Array =>
    Float64Array.from({ length: PAIRS }, (_, row) =>
      members.reduce((total, { rewards }) => total + rewards[side][row]!, 0),
    )
  measured['mean of three members'] = pairQuality(sum('chosen'), sum('rejected')).accuracy
  measured['mean member'] = members.reduce((total, { accuracy }) => total + accuracy / members.length, 0)

  const slices = ['grounding', 'text', 'all'] as const
  const named = (pairs: EncodedPairs): EncodedPairs => ({ ...pairs, categories: pairs.sources })
  const mix = await sourceAblation(
    {
      train: joinPairs([
        world.draw('train', 'grounding', PAIRS, false),
        world.draw('train', 'text', PAIRS, false),
      ]),
      validation: joinPairs(slices.map((slice) => named(world.draw('test', slice, PAIRS, true)))),
    },
    bradleyTerryHead,
    { ...common, ...parametersOf(heads['two layers, SiLU']!) },
    context(seed),
  )
  for (const [index, slice] of mix.slices.entries()) {
    measured[`image pairs only: ${slice}`] = mix.sources[0]!.alone.slices[index]!
    measured[`text pairs only: ${slice}`] = mix.sources[1]!.alone.slices[index]!
    measured[`both sources: ${slice}`] = mix.all.slices[index]!
  }
  measured['sources kept'] = mix.sources.filter(({ keep }) => keep).length

  const control = groundingWorld(seed, { interaction: false })
  const controlTrain = control.draw('train', 'all', PAIRS, false)
  const controlTest = control.draw('test', 'all', PAIRS, true)
  for (const [name, parameters] of tried)
    measured[`control: ${name}`] = (
      await judge(controlTrain, controlTest, parametersOf(parameters), seed)
    ).accuracy

  if (quick) return measured
  const first = teacherWorld(seed, PAIRS, PAIRS)
  for (const name of few)
    measured[`first world: ${name}`] = (
      await judge(first.train, first.test, parametersOf(heads[name]!), seed)
    ).accuracy
  return measured
}

export const reproduction = defineReproduction({
  slug: '19-basereward',
  title: 'BaseReward: A Strong Baseline for Multimodal Reward Model',
  task: 'Replies of 18 numbers (image, claims, quality) behind a frozen random encoder tanh(1.2·Px) 48 wide; utility = image·claims + 0.8·w·quality; 4,000 pairs labelled with σ(3Δu/2.5) and 5 % flips; heads trained for 12 epochs with Bradley–Terry, judged on 4,000 clean pairs. Controls: a utility without the product, and a tanh teacher.',
  seeds: [100, 101, 102, 103, 104, 105, 106, 107, 108, 109],
  run: (seed) => measure(seed),
  claims: [
    {
      name: 'head',
      sentence:
        'A two-layer SiLU head is at least 0.05 better than a linear one and than two layers without activation, in every seed.',
      required: true,
      holds: (seeds) =>
        inSeeds(
          seeds,
          (m) =>
            m['two layers, SiLU']! >= m.linear! + 0.05 &&
            m['two layers, SiLU']! >= m['two layers, none']! + 0.05,
        ),
    },
    {
      name: 'depth without activation',
      sentence: 'Two layers without activation stay within 0.02 of a linear head, in every seed.',
      required: true,
      holds: (seeds) => inSeeds(seeds, (m) => Math.abs(m['two layers, none']! - m.linear!) < 0.02),
    },
    {
      name: 'length normalisation',
      sentence: 'Length normalisation does not help the SiLU head, in any seed.',
      required: true,
      holds: (seeds) => inSeeds(seeds, (m) => m['SiLU, length-normalised']! <= m['two layers, SiLU']!),
    },
    {
      name: 'mixture',
      sentence:
        'Both sources together are at least 0.05 better on all pairs than the better source alone, and within 0.03 of the image pairs alone on grounding, in every seed.',
      required: true,
      holds: (seeds) =>
        inSeeds(
          seeds,
          (m) =>
            m['both sources: all']! >=
              Math.max(m['image pairs only: all']!, m['text pairs only: all']!) + 0.05 &&
            m['both sources: grounding']! >= m['image pairs only: grounding']! - 0.03,
        ),
    },
    {
      name: 'ensemble',
      sentence: 'The mean of three SiLU heads is not more than 0.002 below the mean member, in any seed.',
      required: true,
      holds: (seeds) => inSeeds(seeds, (m) => m['mean of three members']! >= m['mean member']! - 0.002),
    },
    {
      name: 'control',
      sentence: 'Without the product of modalities SiLU and linear differ by less than 0.015, in every seed.',
      required: true,
      holds: (seeds) =>
        inSeeds(seeds, (m) => Math.abs(m['control: two layers, SiLU']! - m['control: linear']!) < 0.015),
    },
    {
      name: 'deeper is worse',
      sentence: 'Three and four layers are below two on average (the paper’s finding).',
      required: false,
      holds: (seeds) =>
        meanOver(seeds, 'three layers, SiLU') < meanOver(seeds, 'two layers, SiLU') &&
        meanOver(seeds, 'four layers, SiLU') < meanOver(seeds, 'two layers, SiLU'),
    },
    {
      name: 'centring hurts',
      sentence: 'Every λ of centring from 0.01 to 1 lowers the accuracy on average (the paper’s finding).',
      required: false,
      holds: (seeds) =>
        Object.keys(extras)
          .filter((name) => name.includes('centring'))
          .every((name) => meanOver(seeds, name) < meanOver(seeds, 'two layers, SiLU')),
    },
  ],
  sabotage: {
    sentence: 'SiLU is replaced by the identity, and the training pairs show the image of another pair.',
    run: (seed) => measure(seed, { sabotaged: true }),
    breaks: ['head', 'mixture'],
  },
  charts: [
    {
      title: 'Heads on the world with a product of modalities',
      unit: 'accuracy',
      bars: Object.fromEntries(Object.keys(heads).map((name) => [name, name])),
    },
    {
      title: 'Loss extras',
      unit: 'accuracy',
      bars: Object.fromEntries(['two layers, SiLU', ...Object.keys(extras)].map((name) => [name, name])),
    },
    {
      title: 'Sources, judged on all pairs',
      unit: 'accuracy',
      bars: {
        'image pairs only': 'image pairs only: all',
        'text pairs only': 'text pairs only: all',
        both: 'both sources: all',
      },
    },
  ],
  notes: [
    'How this world was found: a tanh teacher behind a 32-wide encoder was tried first and showed almost no effect of the head (reported as "first world"). The world with a product of image and claims was built second, because grounding is such a product. The claim about heads therefore holds where the interaction is missing from the features, and not in general.',
    'Thresholds were set on a pilot in another framework with seeds 0 to 2; the seeds here are fresh. This world itself was written once and looked at on seeds 0 to 3; the control (quality alone, no claims) was chosen there.',
    'The control fails in one of ten seeds: with SiLU the accuracy is 0.017 below the linear head’s in seed 106 (bound 0.015); in the other nine they differ by less than 0.008. A head with a hidden layer costs a little where nothing is to be gained.',
    'Not reproduced: deeper heads being worse, and small λ of centring hurting; both are reported, not required.',
    'The mix has 4,000 pairs of each source, so it sees twice as many as a single source; with 2,000 of each, grounding fell by about 0.08 in the pilot seeds.',
    'The hybrid reward in reinforcement learning needs the language testbed, which is not built yet; its range and its exact values are tested with the combiner hybrid-rule.',
  ],
})
