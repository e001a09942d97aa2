/** Paper 25: ratings, preferences, and ratings followed by preferences, on the same replies. */
import type { z } from 'zod'
import { defineReproduction, inSeeds, type Measured, meanOver } from '../../src/kinds/reproduction.ts'
import { RandomStream } from '../../src/numerics/random.ts'
import type { EncodedPairs } from '../../src/reward-models/encoded-pairs.ts'
import { rateThenPrefer } from '../../src/reward-models/rate-then-prefer.ts'
import { heldOutQuality } from '../../src/reward-models/score-pairs.ts'
import { type RatedWorld, ratedWorld, type Setting, settings } from './world.ts'

type Parameters = z.input<typeof rateThenPrefer.parameters>

const kinds = ['regular', 'margin', 'scaled'] as const
const FACTORS = [1.1, 1.25, 1.5, 1.75, 2, 2.5, 3]

const common: Parameters = {
  hidden: [64, 64],
  activation: 'relu',
  batchSize: 32,
  weightDecay: 0,
  rateEpochs: 12,
  preferEpochs: 12,
  rate: 1e-3,
  preferRate: 1e-3,
  // As in the paper the output layer starts at random, its bias with it.
  startAtMean: false,
  factors: [1],
}

/** Ratings dealt out anew over all replies. */
function shuffledRatings(pairs: EncodedPairs, seed: number): EncodedPairs {
  const scores = new RandomStream(seed)
    .derive('shuffled ratings')
    .shuffle([...pairs.chosenScore, ...pairs.rejectedScore])
  return {
    ...pairs,
    chosenScore: Float64Array.from(scores.slice(0, pairs.count)),
    rejectedScore: Float64Array.from(scores.slice(pairs.count)),
  }
}

async function accuracyOf(world: RatedWorld, parameters: Parameters, seed: number) {
  const { train, validation, test } = world
  const trained = await rateThenPrefer.run(
    { train, validation },
    { ...common, ...parameters },
    { seed, worker: false, threads: 1 },
  )
  const { accuracy } = await heldOutQuality(rateThenPrefer, trained, test)
  return { accuracy, factor: trained.model.metrics.factor! }
}

export interface MeasureOptions {
  readonly sabotaged?: boolean
  /** leave out everything but the two single sources */
  readonly singleOnly?: boolean
}

export async function measure(seed: number, options: MeasureOptions = {}): Promise<Measured> {
  const { sabotaged = false, singleOnly = false } = options
  const measured: Record<string, number> = {}
  for (const [name, setting] of Object.entries<Setting>(settings)) {
    const drawn = ratedWorld(seed, setting)
    const world = sabotaged
      ? {
          ...drawn,
          train: {
            ...shuffledRatings(drawn.train, seed),
            strength: drawn.train.strength.map((strength) => 4 - strength),
          },
        }
      : drawn
    const run = async (label: string, parameters: Parameters): Promise<number> => {
      const { accuracy, factor } = await accuracyOf(world, parameters, seed)
      measured[`${name}: ${label}`] = accuracy
      return factor
    }
    await run('regression', { preferEpochs: 0 })
    for (const kind of singleOnly ? (['regular'] as const) : kinds)
      await run(`${kind} alone`, { rateEpochs: 0, kind })
    if (singleOnly) continue
    for (const kind of kinds) await run(`regression, then ${kind}`, { kind })
    measured[`${name}: factor`] = await run('extrapolated', { factors: FACTORS })
    await run('regression from the mean rating', { preferEpochs: 0, startAtMean: true })
    await run('regression from the mean rating, then scaled', { startAtMean: true })
  }
  return measured
}

/** Mean over seeds of regression less regular Bradley–Terry. */
const advantage = (seeds: readonly Measured[], setting: string): number =>
  meanOver(seeds, `${setting}: regression`) - meanOver(seeds, `${setting}: regular alone`)

/** The best of the single sources by their means over seeds. */
const bestSingle = (seeds: readonly Measured[], setting: string): number =>
  Math.max(
    meanOver(seeds, `${setting}: regression`),
    ...kinds.map((kind) => meanOver(seeds, `${setting}: ${kind} alone`)),
  )

export const reproduction = defineReproduction({
  slug: '25-helpsteer2-preference',
  title: 'HelpSteer2-Preference: Complementing Ratings with Preferences',
  task: 'Replies of 16 numbers with a tanh teacher’s utility, rated 0 to 4 with noise and compared in pairs with strengths 1 to 3; 800 to 1,000 pairs, 400 for validation, 4,000 clean ones for the test; a 16-64-64-1 network. Three settings: both sources noisy, clean preferences, precise ratings with poor preferences.',
  seeds: [100, 101, 102, 103, 104, 105, 106, 107, 108, 109],
  run: (seed) => measure(seed),
  claims: [
    {
      name: 'matched data',
      sentence:
        'Neither family dominates: regression is ahead of Bradley–Terry on average with precise ratings, and behind in the other two settings.',
      required: true,
      holds: (seeds) =>
        advantage(seeds, 'precise ratings') > 0 &&
        advantage(seeds, 'noisy') < 0 &&
        advantage(seeds, 'clean preferences') < 0,
    },
    {
      name: 'complementary',
      sentence:
        'Where both sources are noisy, regression, then scaled Bradley–Terry, then extrapolation is on average at least 0.003 above the best single source, and ahead in at least three of five seeds.',
      required: true,
      holds: (seeds) =>
        meanOver(seeds, 'noisy: extrapolated') >= bestSingle(seeds, 'noisy') + 0.003 &&
        inSeeds(
          seeds,
          (m) =>
            m['noisy: extrapolated']! >
            Math.max(m['noisy: regression']!, ...kinds.map((kind) => m[`noisy: ${kind} alone`]!)),
          Math.ceil(0.6 * seeds.length),
        ),
    },
    {
      name: 'not below both',
      sentence: 'Combining is not more than 0.005 below both single sources where both are noisy.',
      required: true,
      holds: (seeds) =>
        meanOver(seeds, 'noisy: extrapolated') >=
        Math.min(meanOver(seeds, 'noisy: regression'), meanOver(seeds, 'noisy: scaled alone')) - 0.005,
    },
    {
      name: 'scaled',
      sentence: 'Scaled Bradley–Terry is above regular where preferences are poor, on average.',
      required: false,
      holds: (seeds) =>
        meanOver(seeds, 'precise ratings: scaled alone') > meanOver(seeds, 'precise ratings: regular alone'),
    },
    {
      name: 'extrapolation',
      sentence:
        'Extrapolation adds to regression, then scaled Bradley–Terry, on average where both are noisy.',
      required: false,
      holds: (seeds) =>
        meanOver(seeds, 'noisy: extrapolated') > meanOver(seeds, 'noisy: regression, then scaled'),
    },
  ],
  sabotage: {
    sentence: 'The ratings are dealt out anew over all replies, and the strength m of a label becomes 4 − m.',
    run: (seed) => measure(seed, { sabotaged: true }),
    breaks: ['matched data', 'complementary'],
  },
  charts: Object.keys(settings).map((name) => ({
    title: `Clean test pairs, setting: ${name}`,
    unit: 'accuracy',
    bars: Object.fromEntries(
      [
        'regression',
        ...kinds.map((kind) => `${kind} alone`),
        ...kinds.map((kind) => `regression, then ${kind}`),
        'extrapolated',
      ].map((label) => [label, `${name}: ${label}`]),
    ),
  })),
  notes: [
    'Thresholds were set on a pilot in another framework with seeds 0 to 3, where noise and the length of stage 2 were changed together until combining helped by 0.007; the seeds here are fresh.',
    'This world was looked at on seeds 0 to 5 with batches of 8, 16, 32 and 64 pairs, with ReLU and SiLU, and with flips as events of their own: combining did not beat the best single source in those tried in the noisy setting, so no choice was made for it.',
    'Not reproduced: with an output layer that starts at random, regression, then scaled Bradley–Terry, then extrapolation is at 0.874 in the noisy setting and preferences alone at 0.880, so the sabotage’s effect on this claim says nothing.',
    'Where the regression starts decides much: with the output’s bias at the mean rating (the recipe’s default, reported beside each setting) regression alone reaches 0.880 instead of 0.862, and followed by scaled Bradley–Terry 0.884, 0.004 above the best single source. This was seen on the evidence seeds and is therefore no claim.',
    'Scaled against regular Bradley–Terry and extrapolation are reported, not required: their differences are within 0.01 here, and so are the paper’s (about 1 point, without error bars).',
  ],
})
