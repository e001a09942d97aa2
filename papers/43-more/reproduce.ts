/** Paper 43: preferences of different sources in one reward harm its calibration; weights by least norm help. */
import { defineReproduction, inSeeds, type Measured, meanOver } from '../../src/kinds/reproduction.ts'
import { minNormPoint } from '../../src/numerics/min-norm-point.ts'
import { minNormWeights } from '../../src/numerics/min-norm-weights.ts'
import { RandomStream } from '../../src/numerics/random.ts'
import type { EncodedPairs } from '../../src/reward-models/encoded-pairs.ts'
import { multiSource } from '../../src/reward-models/multi-source.ts'
import { drawSources, SOURCES } from './world.ts'

const PAIRS = 1500
const TEST = 2000

interface SourceReport {
  readonly accuracy: number
  readonly expectedCalibrationError: number
}

/** Trains and returns accuracy and ECE of every source's held-out pairs. */
async function trained(
  seed: number,
  train: EncodedPairs,
  test: EncodedPairs,
  parameters: object,
): Promise<Readonly<Record<string, SourceReport>>> {
  const { model } = await multiSource.run(
    { train, validation: test },
    {
      hidden: [16],
      activation: 'tanh',
      steps: 900,
      pairsPerSource: 8,
      rate: 1e-3,
      schedule: 'constant',
      weightDecay: 0,
      ...parameters,
    },
    { seed, worker: false, threads: 1 },
  )
  return (model.report as { validation: Record<string, SourceReport> }).validation
}

/** Least ⟨u, m_i⟩ − ‖u‖² over vectors and trials: at least 0 where u is a direction that helps all. */
function descentSlack(
  stream: RandomStream,
  weightsOf: (vectors: readonly Float64Array[]) => ArrayLike<number>,
): number {
  let least = Number.POSITIVE_INFINITY
  for (let trial = 0; trial < 200; trial++) {
    const count = 2 + stream.below(5)
    const vectors = Array.from({ length: count }, () =>
      Float64Array.from({ length: 8 }, () => stream.normal()),
    )
    const weights = weightsOf(vectors)
    const u = new Float64Array(8)
    vectors.forEach((vector, i) => {
      for (let k = 0; k < 8; k++) u[k]! += weights[i]! * vector[k]!
    })
    const square = u.reduce((sum, value) => sum + value * value, 0)
    for (const vector of vectors)
      least = Math.min(least, vector.reduce((sum, value, k) => sum + value * u[k]!, 0) - square)
  }
  return least
}

/** All weight on the longest vector: what the least norm must not be. */
function longest(vectors: readonly Float64Array[]): Float64Array {
  const lengths = vectors.map((vector) => Math.hypot(...vector))
  return Float64Array.from(lengths, (length) => (length === Math.max(...lengths) ? 1 : 0))
}

interface Options {
  /** sources are named at random, so that gradients say nothing; and the longest vector is taken for the shortest */
  readonly sabotaged?: boolean
  /** only what the claims about weights need */
  readonly quick?: boolean
}

export async function measure(
  seed: number,
  { sabotaged = false, quick = false }: Options = {},
): Promise<Measured> {
  const stream = new RandomStream(seed).derive('sources')
  const all = drawSources(stream, 'train', PAIRS)
  const test = drawSources(stream, 'test', TEST)
  const measured: Record<string, number> = {}
  const keep = (name: string, report: Readonly<Record<string, SourceReport>>): void => {
    const [a, b] = [report[SOURCES[0]]!, report[SOURCES[1]]!]
    measured[`${name}, ECE`] = (a.expectedCalibrationError + b.expectedCalibrationError) / 2
    measured[`${name}, accuracy`] = (a.accuracy + b.accuracy) / 2
  }
  const two = drawSources(stream, 'train', PAIRS, { only: 2 })
  const twoTest = drawSources(stream, 'test', TEST, { only: 2 })
  keep('shared only', await trained(seed, two, twoTest, { weights: 'equal' }))
  keep('multi-task', await trained(seed, all, test, { weights: 'equal' }))
  const codes = Array.from(all.sources.codes)
  const named = sabotaged
    ? { ...all, sources: { ...all.sources, codes: Int32Array.from(stream.derive('names').shuffle(codes)) } }
    : all
  const none = await trained(seed, named, test, { weights: 'more', normalise: 'none' })
  keep('MORE none', none)
  measured['MORE none, odd sources, ECE'] =
    SOURCES.slice(2).reduce((sum, name) => sum + none[name]!.expectedCalibrationError, 0) / 3
  if (!quick) {
    keep('MORE l2', await trained(seed, named, test, { weights: 'more', normalise: 'l2' }))
    const same = drawSources(stream, 'same train', PAIRS, { identical: true })
    const sameTest = drawSources(stream, 'same test', TEST, { identical: true })
    keep('identical, multi-task', await trained(seed, same, sameTest, { weights: 'equal' }))
    keep('identical, MORE none', await trained(seed, same, sameTest, { weights: 'more', normalise: 'none' }))
  }
  const trials = stream.derive('vectors')
  measured['descent slack'] = descentSlack(
    trials,
    sabotaged ? longest : (vectors) => minNormPoint(vectors).weights,
  )
  measured['descent slack, published solver'] = descentSlack(
    stream.derive('vectors'),
    (vectors) => minNormWeights(vectors).weights,
  )
  return measured
}

export const reproduction = defineReproduction({
  slug: '43-more',
  title: 'On Diversified Preferences of Large Language Model Alignment',
  task:
    'Five linear annotators of 16 features: two share a taste w₀, three have w₀ + 1.5·N(0, I); β = 2, ε = 0.05, 1,500 ' +
    'pairs a source. A 16-16 tanh net with a bias-free head, Adam 1e-3, 900 steps of 8 pairs a source. Expected ' +
    'calibration error (10 bins, both orders) and accuracy on 2,000 held-out pairs of each of the two shared sources.',
  seeds: [100, 101, 102, 103, 104, 105, 106, 107, 108, 109],
  run: (seed) => measure(seed),
  claims: [
    {
      name: 'diversity harms calibration',
      sentence:
        'The mean of all sources has at least 0.01 more calibration error on the shared ones than training on them ' +
        'alone, on average and in four of five seeds.',
      required: true,
      holds: (seeds) =>
        meanOver(seeds, 'multi-task, ECE') >= meanOver(seeds, 'shared only, ECE') + 0.01 &&
        inSeeds(
          seeds,
          (own) => own['multi-task, ECE']! >= own['shared only, ECE']! + 0.01,
          Math.ceil(0.8 * seeds.length),
        ),
    },
    {
      name: 'least norm helps',
      sentence:
        'MORE without normalisation: at most 0.75 of the calibration error of the mean of all sources, accuracy at ' +
        'most 0.01 lower, on average.',
      required: true,
      holds: (seeds) =>
        meanOver(seeds, 'MORE none, ECE') <= 0.75 * meanOver(seeds, 'multi-task, ECE') &&
        meanOver(seeds, 'MORE none, accuracy') >= meanOver(seeds, 'multi-task, accuracy') - 0.01,
    },
    {
      name: 'least norm helps, as published',
      sentence: 'The same with the published l2 normalisation.',
      required: false,
      holds: (seeds) =>
        meanOver(seeds, 'MORE l2, ECE') <= 0.75 * meanOver(seeds, 'multi-task, ECE') &&
        meanOver(seeds, 'MORE l2, accuracy') >= meanOver(seeds, 'multi-task, accuracy') - 0.01,
    },
    {
      name: 'no effect on equal sources',
      sentence: 'Five identical sources: calibration errors differ by less than 0.01, on average.',
      required: true,
      holds: (seeds) =>
        Math.abs(
          meanOver(seeds, 'identical, MORE none, ECE') - meanOver(seeds, 'identical, multi-task, ECE'),
        ) < 0.01,
    },
    {
      name: 'common descent',
      sentence: 'At the point u of least norm ⟨u, m_i⟩ ≥ ‖u‖² − 1e-4 for every one of random gradients.',
      required: true,
      holds: (seeds) => inSeeds(seeds, (own) => own['descent slack']! >= -1e-4),
    },
  ],
  sabotage: {
    sentence:
      'The weights follow sources that are named at random, and the longest gradient stands for the shortest.',
    run: (seed) => measure(seed, { sabotaged: true, quick: true }),
    breaks: ['least norm helps', 'common descent'],
  },
  charts: [
    {
      title: 'Calibration error on the shared sources',
      unit: 'ECE, 10 bins',
      bars: {
        'shared sources only': 'shared only, ECE',
        'mean of all': 'multi-task, ECE',
        'MORE l2 (published)': 'MORE l2, ECE',
        'MORE none': 'MORE none, ECE',
      },
    },
    {
      title: 'Accuracy on the shared sources',
      unit: 'share of held-out pairs',
      bars: {
        'shared sources only': 'shared only, accuracy',
        'mean of all': 'multi-task, accuracy',
        'MORE l2 (published)': 'MORE l2, accuracy',
        'MORE none': 'MORE none, accuracy',
      },
    },
  ],
  notes: [
    'l2 (published) and none were the two normalisations tried, in this one world; preferring none is a finding after the ' +
      'fact, and its threshold was set on other seeds than those shown. In the pilot the published l2 did not lower the ' +
      'calibration error; its row is reported as it is.',
    'Without normalisation a source with small gradients, one that is already fitted, gets more weight: the shared ' +
      'sources keep their calibration at the price of the odd ones.',
    'The control does not hold: where all five sources are identical, MORE without normalisation has more calibration ' +
      'error than their mean. With 8 pairs a source, gradients differ by chance alone, the shortest ones belong to pairs ' +
      'that are already fitted, and following them pushes pairs that contradict the model aside: rewards grow too large. ' +
      'Sources that differ by chance only should be mixed with equal weights.',
    'The sabotage does not break the calibration claim: with sources named at random the error falls almost as far (0.026 ' +
      'against 0.024; the mean of all sources has 0.046). The gain in this world therefore comes from giving more weight ' +
      'to batches with small gradients, which makes the reward more confident, and hardly from knowing the sources. ' +
      'A mixture of disagreeing sources is under-confident, so confidence helps there and harms the identical ones.',
    'Momentum starts from zero, not from a random head’s weights as in the authors’ code; with α = 0.99 the difference ' +
      'is gone after a step or two.',
    'Common descent is claimed of the optimum. The published Frank–Wolfe solver stops early and keeps weights off 0, so ' +
      'its slack is reported beside it.',
  ],
})
