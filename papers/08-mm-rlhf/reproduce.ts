/** Paper 08: a reward that criticises before it scores, and DPO whose β follows a reward model's margin. */
import { defineReproduction, inSeeds, type Measured, meanOver } from '../../src/kinds/reproduction.ts'
import { betaPart } from './beta-part.ts'
import { critiquePart } from './critique-part.ts'

const run = async (seed: number, shuffled: boolean): Promise<Measured> => ({
  ...(await critiquePart(seed, shuffled)),
  ...(await betaPart(seed, shuffled)),
})

/** Above the constant β of equal mean, and above margins that belong to other pairs. */
const above = (measured: Measured, what: string): boolean =>
  measured[`${what}: MM-DPO`]! > measured[`${what}: equal mean`]! &&
  measured[`${what}: MM-DPO`]! > measured[`${what}: shuffled`]!

export const reproduction = defineReproduction({
  slug: '08-mm-rlhf',
  title: 'MM-RLHF: The Next Step Forward in Multimodal LLM Alignment',
  task: 'Replies are 16 numbers with six hidden aspects. Part B: 400 labelled pairs; a scalar reward against rewards that first foretell a critique (the two most important aspects, or all six, with noise) and score with it. Part C: all pairs of 400 prompts × 4 ranked replies; policies trained by DPO with β = 0.1, with β scaled by the margin of a reward model of 3,000 other pairs, with a constant β of equal mean, and with margins of other pairs; accuracy on 10,000 clean pairs and the utility that the policy expects over 8 replies.',
  seeds: [100, 101, 102, 103, 104, 105, 106, 107, 108, 109],
  run: (seed) => run(seed, false),
  claims: [
    {
      name: 'critiques help',
      sentence:
        'With full critiques to learn from, the reward is at least .05 more accurate than the scalar one, in every seed.',
      required: true,
      holds: (seeds) =>
        inSeeds(seeds, (m) => m['critique accuracy: enhanced']! >= m['critique accuracy: scalar']! + 0.05),
    },
    {
      name: 'fuller critiques help more',
      sentence: 'Full critiques give at least the accuracy of brief ones, on average.',
      required: true,
      holds: (seeds) =>
        meanOver(seeds, 'critique accuracy: enhanced') >= meanOver(seeds, 'critique accuracy: brief'),
    },
    {
      name: 'given critiques',
      sentence:
        'Scoring with the annotator’s critique is at most .02 worse than with the model’s own, on average, for both kinds.',
      required: true,
      holds: (seeds) =>
        ['brief', 'enhanced'].every(
          (kind) =>
            meanOver(seeds, `critique accuracy: ${kind}, given`) >=
            meanOver(seeds, `critique accuracy: ${kind}`) - 0.02,
        ),
    },
    {
      name: 'accuracy at equal mean β',
      sentence:
        'MM-DPO (w = k = 0.5) is more accurate than a constant β of the same mean and than shuffled margins, in every seed.',
      required: true,
      holds: (seeds) => inSeeds(seeds, (m) => above(m, 'accuracy')),
    },
    {
      name: 'utility at equal mean β',
      sentence:
        'Its policy expects more utility than those of a constant β of the same mean and of shuffled margins, in every seed.',
      required: true,
      holds: (seeds) => inSeeds(seeds, (m) => above(m, 'utility')),
    },
    {
      name: 'grows with w',
      sentence: 'With w = 5 the accuracy is at least .02 above a constant β of the same mean, in every seed.',
      required: true,
      holds: (seeds) =>
        inSeeds(seeds, (m) => m['accuracy: MM-DPO, w 5']! >= m['accuracy: equal mean, w 5']! + 0.02),
    },
    {
      name: 'on average at equal mean β',
      sentence: 'Accuracy and utility are above both controls on average over the seeds.',
      required: false,
      holds: (seeds) =>
        ['accuracy', 'utility'].every((what) =>
          ['equal mean', 'shuffled'].every(
            (control) => meanOver(seeds, `${what}: MM-DPO`) > meanOver(seeds, `${what}: ${control}`),
          ),
        ),
    },
    {
      name: 'little against β itself',
      sentence: 'Against β = 0.1 itself the gain in accuracy is at most .004, on average.',
      required: false,
      holds: (seeds) => meanOver(seeds, 'accuracy: MM-DPO') <= meanOver(seeds, 'accuracy: β 0.1') + 0.004,
    },
    {
      name: 'implicit β does not help',
      sentence: 'β from the policy’s own margins is no more accurate than β = 0.1, on average.',
      required: false,
      holds: (seeds) => meanOver(seeds, 'accuracy: implicit β') <= meanOver(seeds, 'accuracy: β 0.1'),
    },
  ],
  sabotage: {
    sentence: 'Critiques belong to other replies, and the reward model’s margins to other pairs',
    run: (seed) => run(seed, true),
    breaks: ['critiques help', 'accuracy at equal mean β', 'utility at equal mean β', 'grows with w'],
  },
  charts: [
    {
      title: 'Accuracy with critiques',
      unit: 'share of clean pairs, chance ½',
      bars: {
        scalar: 'critique accuracy: scalar',
        'brief, own': 'critique accuracy: brief',
        'full, own': 'critique accuracy: enhanced',
        'brief, given': 'critique accuracy: brief, given',
        'full, given': 'critique accuracy: enhanced, given',
      },
    },
    {
      title: 'Accuracy of the policy',
      unit: 'share of clean pairs, chance ½',
      bars: {
        'β = 0.1': 'accuracy: β 0.1',
        'MM-DPO': 'accuracy: MM-DPO',
        'equal mean': 'accuracy: equal mean',
        'shuffled margins': 'accuracy: shuffled',
        'MM-DPO, w = 5': 'accuracy: MM-DPO, w 5',
        'equal mean, w = 5': 'accuracy: equal mean, w 5',
        'implicit β': 'accuracy: implicit β',
      },
    },
    {
      title: 'Expected utility of the policy',
      unit: 'utility over 8 replies',
      bars: {
        'β = 0.1': 'utility: β 0.1',
        'MM-DPO': 'utility: MM-DPO',
        'equal mean': 'utility: equal mean',
        'shuffled margins': 'utility: shuffled',
        'MM-DPO, w = 5': 'utility: MM-DPO, w 5',
        'equal mean, w = 5': 'utility: equal mean, w 5',
        'implicit β': 'utility: implicit β',
      },
    },
  ],
  notes: [
    'Parts B and C of the paper in numbers; no image, no text and no language model take part. What a policy or a critique is worth for images is not tested here.',
    'Critiques help because they carry information on the utility that 400 labels do not: a critique model sees six noisy marks of each of 800 replies.',
    'A larger β keeps the policy nearer to its reference, so scaled β is compared with a constant β of the same mean.',
    'The card leaves open how strongly aspects bend, the scale of utilities, the noise of the reward model’s labels and the settings of training; all were searched on seeds 0 to 2 (about a dozen settings) until the card’s figures appeared roughly. Worlds with less noisy rankings, or with aspects that bend more, showed the gain with w = 5 smaller than .02 or not at all: the gain of part C belongs to noisy rankings and a good reward model.',
    'Against β = 0.1 itself MM-DPO gains .006 to .015 in accuracy and .002 to .011 in utility here, more than the card’s .004; β from the policy’s own margins changes accuracy by less than .001 on average, so it does not help, though the average lies above β = 0.1 by a hair.',
    'Thresholds are those of the paper’s card.',
  ],
})
