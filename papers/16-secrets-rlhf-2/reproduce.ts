/** Paper 16: voters find wrong labels, and a model without them keeps what it has learned. */
import { defineReproduction, inSeeds, type Measured, meanOver } from '../../src/kinds/reproduction.ts'
import { areaUnderCurve } from '../../src/numerics/calibration.ts'
import { flipByStrength } from '../../src/numerics/flip-by-strength.ts'
import { RandomStream } from '../../src/numerics/random.ts'
import { strengthGroups } from '../../src/numerics/strength-groups.ts'
import { contrastiveFeatures } from '../../src/reward-models/contrastive-features.ts'
import { selectPairs } from '../../src/reward-models/encoded-pairs.ts'
import { meanFeatureCosine } from '../../src/reward-models/feature-cosine.ts'
import { trainMetaReward } from '../../src/reward-models/meta-reward.ts'
import { heldOutQuality } from '../../src/reward-models/score-pairs.ts'
import { type StrengthTraining, trainWithStrength } from '../../src/reward-models/strength-aware.ts'
import { voteStrength } from '../../src/reward-models/strength-votes.ts'
import { noisyWorld, shiftedWorld } from './world.ts'

const network = {
  hidden: [64, 64],
  activation: 'relu' as const,
  batchSize: 128,
  rate: 1e-3,
  weightDecay: 0,
  select: 'last' as const,
}
const voting = { ...network, voters: 6, epochs: 6 }

type Way = Pick<StrengthTraining, 'incorrect' | 'margin'> & { readonly smoothing?: number }

const ways: Readonly<Record<string, Way>> = {
  baseline: { incorrect: 'keep', margin: false },
  flip: { incorrect: 'flip', margin: false },
  margin: { incorrect: 'keep', margin: true },
  'flip and margin': { incorrect: 'flip', margin: true },
  'soft label 0.5 and margin': { incorrect: 'smooth', margin: true, smoothing: 0.5 },
  'soft label 0.5': { incorrect: 'smooth', margin: false, smoothing: 0.5 },
  'soft label 0.1': { incorrect: 'smooth', margin: false, smoothing: 0.1 },
}

const context = (seed: number) => ({ seed, worker: false, threads: 1 })

export interface MeasureOptions {
  /** as many labels are flipped at random as the voters reject */
  readonly sabotaged?: boolean
  /** a smaller world, and only what the claims on flips need */
  readonly quick?: boolean
}

/** One world: votes, every way of using them, and the accuracy on clean pairs along training. */
async function oneWorld(
  seed: number,
  flip: number,
  prefix: string,
  options: MeasureOptions,
): Promise<Measured> {
  const { sabotaged = false, quick = false } = options
  const measured: Record<string, number> = {}
  const { train, wrong, test } = noisyWorld(seed, flip, quick ? 2000 : 4000, quick ? 1500 : 4000)
  const data = { train, validation: test }
  const votes = await voteStrength(data, { ...voting, folds: 1, ...(quick && { voters: 3 }) }, context(seed))
  const { mean } = votes.train
  measured[`${prefix}AUROC`] = areaUnderCurve(
    wrong,
    mean.map((value) => -value),
  )!
  measured[`${prefix}voters`] = votes.validation.mean.filter((value) => value > 0).length / test.count
  measured[`${prefix}share rejected`] = mean.filter((value) => value < 0).length / train.count
  const deciles = strengthGroups(mean, votes.train.std, 10)
  for (let decile = 0; decile < 10; decile++) {
    const inside = wrong.filter((_, pair) => deciles.of[pair] === decile)
    measured[`${prefix}wrong in decile ${decile + 1}`] =
      inside.reduce((sum, flag) => sum + flag, 0) / inside.length
  }
  const incorrect = flipByStrength(mean, { rule: 'negative' })
  const random = Uint8Array.from(new RandomStream(seed).derive('random flips').shuffle([...incorrect]))
  const train20 = async (name: string, marks: Uint8Array, way: Way, epochs = 20): Promise<void> => {
    const { epochs: curve } = await trainWithStrength(
      data,
      mean,
      marks,
      { ...network, smoothing: 0.5, ...way, epochs },
      context(seed),
    )
    const at = (epoch: number): number => curve[epoch - 1]!.accuracy
    measured[`${prefix}${name}`] = at(20)
    measured[`${prefix}${name}: best epoch`] = Math.max(...curve.slice(0, 20).map(({ accuracy }) => accuracy))
    if (epochs >= 40)
      for (const epoch of [5, 10, 20, 40]) measured[`${prefix}${name}: epoch ${epoch}`] = at(epoch)
  }
  for (const [name, way] of Object.entries(ways)) {
    const curve = name === 'baseline' || name === 'flip'
    if (quick && !curve) continue
    // At most the first four rows in the control, as the paper's table has no more there.
    if (prefix !== '' && way.incorrect === 'smooth') continue
    await train20(name, sabotaged ? random : incorrect, way, curve && prefix === '' && !quick ? 40 : 20)
  }
  await train20('random flips', random, ways.flip!)
  if (prefix === '' && !quick) {
    const fitted = await voteStrength(data, { ...voting, folds: 2 }, context(seed))
    measured['AUROC, cross-fitted'] = areaUnderCurve(
      wrong,
      fitted.train.mean.map((value) => -value),
    )!
  }
  return measured
}

/** Features with and without SimCSE, and MetaRM on a shifted policy. */
async function furtherParts(seed: number): Promise<Measured> {
  const measured: Record<string, number> = {}
  const { train, test } = noisyWorld(seed, 0.25)
  const none = selectPairs(train, new Int32Array(0))
  for (const weight of [0, 1]) {
    const trained = await contrastiveFeatures.run(
      { train, validation: none },
      { ...network, epochs: 6, weight },
      context(seed),
    )
    measured[`contrast ${weight}: accuracy`] = (
      await heldOutQuality(contrastiveFeatures, trained, test)
    ).accuracy
    measured[`contrast ${weight}: cosine`] = await meanFeatureCosine(trained, test)
  }
  const shifted = shiftedWorld(seed)
  for (const metaRate of [0, 0.05, 0.5]) {
    const { epochs } = await trainMetaReward(
      { train: shifted.train, validation: shifted.test },
      shifted.meta,
      { ...network, epochs: 12, metaRate },
      context(seed),
    )
    measured[`shifted, MetaRM ${metaRate}`] = epochs.at(-1)!.accuracy
  }
  return measured
}

export async function measure(seed: number, options: MeasureOptions = {}): Promise<Measured> {
  return {
    ...(await oneWorld(seed, 0.25, '', options)),
    ...(options.quick ? {} : await oneWorld(seed, 0, 'control: ', options)),
    ...(options.quick || options.sabotaged ? {} : await furtherParts(seed)),
  }
}

const decay = (m: Measured, name: string): number => m[`${name}: best epoch`]! - m[name]!

export const reproduction = defineReproduction({
  slug: '16-secrets-rlhf-2',
  title: 'Secrets of RLHF in Large Language Models, Part II: Reward Modeling',
  task: 'Pairs of 16 numbers with a tanh teacher’s utility; 4,000 labels of an annotator with β = 4, a quarter of them flipped. Six voters of 6 epochs each, final 16-64-64-1 networks of 20 (and 40) epochs, judged on 4,000 clean pairs after every epoch. Control: no flips.',
  seeds: [100, 101, 102, 103, 104, 105, 106, 107, 108, 109],
  run: (seed) => measure(seed),
  claims: [
    {
      name: 'votes',
      sentence:
        'The voters’ mean difference finds wrong labels with an AUROC of at least 0.9, in every seed.',
      required: true,
      holds: (seeds) => inSeeds(seeds, (m) => m.AUROC! >= 0.9),
    },
    {
      name: 'decay',
      sentence:
        'From its best epoch to epoch 20 the baseline loses at least 0.03 and the flipped model at most 0.02, in every seed.',
      required: true,
      holds: (seeds) => inSeeds(seeds, (m) => decay(m, 'baseline') >= 0.03 && decay(m, 'flip') <= 0.02),
    },
    {
      name: 'flip',
      sentence:
        'Flipping, with and without margin, is at least 0.03 above the baseline at epoch 20, in every seed.',
      required: true,
      holds: (seeds) =>
        inSeeds(
          seeds,
          (m) =>
            m.flip! >= m.baseline! + 0.03 &&
            (m['flip and margin'] === undefined || m['flip and margin'] >= m.baseline! + 0.03),
        ),
    },
    {
      name: 'margin',
      sentence: 'Margins alone are above the baseline at epoch 20, in every seed.',
      required: true,
      holds: (seeds) => inSeeds(seeds, (m) => m.margin! > m.baseline!),
    },
    {
      name: 'best epochs',
      sentence: 'The best epoch of the flipped model is at least as good as the baseline’s, in every seed.',
      required: true,
      holds: (seeds) => inSeeds(seeds, (m) => m['flip: best epoch']! >= m['baseline: best epoch']!),
    },
    {
      name: 'control',
      sentence: 'Without flipped labels flipping costs at most 0.01, in every seed.',
      required: true,
      holds: (seeds) => inSeeds(seeds, (m) => m['control: flip']! >= m['control: baseline']! - 0.01),
    },
    {
      name: 'random flips',
      sentence: 'As many random flips are below the baseline, in every seed.',
      required: true,
      holds: (seeds) => inSeeds(seeds, (m) => m['random flips']! < m.baseline!),
    },
    {
      name: 'contrast',
      sentence:
        'SimCSE lowers the cosine of chosen and rejected features and moves accuracy by at most 0.02, on average.',
      required: false,
      holds: (seeds) =>
        meanOver(seeds, 'contrast 1: cosine') < meanOver(seeds, 'contrast 0: cosine') &&
        Math.abs(meanOver(seeds, 'contrast 1: accuracy') - meanOver(seeds, 'contrast 0: accuracy')) <= 0.02,
    },
    {
      name: 'MetaRM',
      sentence: 'MetaRM (η = 0.05) is at least 0.01 better on pairs of the shifted policy, on average.',
      required: false,
      holds: (seeds) =>
        meanOver(seeds, 'shifted, MetaRM 0.05') >= meanOver(seeds, 'shifted, MetaRM 0') + 0.01,
    },
  ],
  sabotage: {
    sentence: 'As many labels are flipped at random as the voters reject.',
    run: (seed) => measure(seed, { sabotaged: true }),
    breaks: ['decay', 'flip', 'control'],
  },
  charts: [
    {
      title: 'Clean test pairs after 20 epochs, a quarter of the labels flipped',
      unit: 'accuracy',
      bars: {
        ...Object.fromEntries(Object.keys(ways).map((name) => [name, name])),
        'random flips': 'random flips',
        'mean of the voters': 'voters',
      },
    },
    {
      title: 'Along training',
      unit: 'accuracy',
      bars: Object.fromEntries(
        ['baseline', 'flip'].flatMap((name) =>
          [5, 10, 20, 40].map((epoch) => [`${name}, epoch ${epoch}`, `${name}: epoch ${epoch}`]),
        ),
      ),
    },
    {
      title: 'Share of wrong labels by decile of strength',
      unit: 'share',
      bars: Object.fromEntries(
        Array.from({ length: 10 }, (_, index) => [`${index + 1}`, `wrong in decile ${index + 1}`]),
      ),
    },
  ],
  notes: [
    'Thresholds were set on a pilot in another framework with seeds 0 to 2; the seeds here are fresh, and one setting of sizes was tried.',
    'Early stopping alone closes most of the gap: compare the baseline’s best epoch with the flipped model’s. Choosing that epoch here used clean pairs, which a user does not have.',
    'Flipping reaches what the mean of the voters reaches: it distils the ensemble into one model.',
    'Voters are asked about labels they were trained on, as in the paper; the AUROC of cross-fitted voters, the recipe’s default, is reported beside it.',
    'MetaRM was not reproduced at this scale, neither in the pilot nor here (0.844 with and without it on pairs of the shifted policy): its step and its gradients are tested against the vectors instead.',
    'Contrastive learning was not run in the pilot; only its direction was predicted. SimCSE with β = 1 halves the cosine of chosen and rejected features (0.61 to 0.30), and costs 0.03 of accuracy here instead of the predicted 0.02 at most.',
    'Real labels (papers/16-secrets-rlhf-2/real-votes.ts): 10 cross-fitted linear voters on hashed n-grams reject 39 % of the labels of 1,384 harmless pairs of HH-RLHF; the paper, with Llama-2-7B on all of the data, 25 %. Mean strengths of the 20 groups rise from −0.84 to 1.38 and deviations are largest at both ends, as in the paper. Voters that see only words are weak, so this share is an upper bound on wrong labels and no measurement of them.',
  ],
})
