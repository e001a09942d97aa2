/** Vectors of card 00-preference-testbed. */
import { calibration } from '../../../src/numerics/calibration.ts'
import { annotator, annotatorProbability } from '../../../src/preferences/testbed/annotator.ts'
import { fatiguedFlipRate } from '../../../src/preferences/testbed/fatigue.ts'
import {
  cycleMatrix,
  cyclicShare,
  preferenceLogits,
  preferenceProbabilities,
} from '../../../src/preferences/testbed/intransitive.ts'
import { krippendorffAlpha } from '../../../src/preferences/testbed/krippendorff.ts'
import { mixtureBounds } from '../../../src/preferences/testbed/mixture.ts'
import { ratingProbabilities } from '../../../src/preferences/testbed/ordinal-rating.ts'
import { plackettLuceLogProbability } from '../../../src/preferences/testbed/plackett-luce.ts'
import { davidsonTies, raoKupperTies } from '../../../src/preferences/testbed/ties.ts'
import type { AdapterFunction } from '../run-file.ts'

// biome-ignore lint/suspicious/noExplicitAny: the inputs are the vectors' own JSON
type Vector = any

function rows(flat: ArrayLike<number>, width: number): number[][] {
  const list = Array.from(flat)
  return Array.from({ length: list.length / width }, (_, row) => list.slice(row * width, (row + 1) * width))
}

export const functions: Record<string, AdapterFunction> = {
  'annotator-probability': (input: Vector) => {
    const { rationality, lengthBias, lengthScale, positionBias, flip, lapse, ...pairs } = input
    const who = annotator({ rationality, lengthBias, lengthScale, positionBias, flip, lapse })
    return { probabilityA: annotatorProbability(pairs, who) }
  },
  'davidson-ties': ({ difference, nu }: Vector) => davidsonTies(difference, nu),
  'rao-kupper-ties': ({ difference, threshold }: Vector) => raoKupperTies(difference, threshold),
  'plackett-luce': ({ utilities, ranking }: Vector) => ({
    logProbability: plackettLuceLogProbability(utilities, ranking),
  }),
  'ordinal-rating': ({ utilities, thresholds, scale }: Vector) => ({
    probabilities: rows(ratingProbabilities(utilities, thresholds, scale), thresholds.length + 1),
  }),
  'cyclic-preferences': ({ styles, kappa, utilities }: Vector) => {
    const styleOf = utilities.map((_: number, item: number) => item % styles)
    const logits = preferenceLogits(utilities, styleOf, { styles, intransitivity: kappa })
    const { potential, share } = cyclicShare(logits)
    return {
      cycleMatrix: rows(cycleMatrix(styles), styles),
      probability: rows(preferenceProbabilities(logits), utilities.length),
      potential,
      cyclicShare: share,
    }
  },
  'mixture-annotators': ({ groupWeights, utilityDifferences }: Vector) => {
    const bounds = mixtureBounds(groupWeights, utilityDifferences.flat())
    return {
      probabilityA: bounds.probability,
      bayesAccuracyWithoutGroup: bounds.accuracyWithoutGroup,
      bayesAccuracyWithGroup: bounds.accuracyWithGroup,
      entropyWithoutGroup: bounds.entropyWithoutGroup,
      entropyWithGroup: bounds.entropyWithGroup,
    }
  },
  fatigue: ({ index, start, end, tau }: Vector) => ({
    flip: index.map((labelsGiven: number) => fatiguedFlipRate(labelsGiven, { start, end, tau })),
  }),
  'krippendorff-alpha-nominal': ({ labels, missing }: Vector) => ({
    alpha: krippendorffAlpha(labels, missing),
  }),
  'calibration-error': ({ probability, label, bins }: Vector) => {
    const { ece, brier, bins: reliability } = calibration(label, probability, bins)
    return { ece, brier, reliability }
  },
}
