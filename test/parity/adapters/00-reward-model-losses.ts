/** Vectors of card 00-reward-model-losses. */
import { allPairsBradleyTerry } from '../../../src/objectives/all-pairs-bradley-terry.ts'
import { bradleyTerry } from '../../../src/objectives/bradley-terry.ts'
import { bradleyTerryRobust } from '../../../src/objectives/bradley-terry-robust.ts'
import { bradleyTerrySmoothed } from '../../../src/objectives/bradley-terry-smoothed.ts'
import { bradleyTerrySoft } from '../../../src/objectives/bradley-terry-soft.ts'
import { bradleyTerryTieSquared } from '../../../src/objectives/bradley-terry-tie-squared.ts'
import { davidson, logTiePropensity } from '../../../src/objectives/davidson.ts'
import { dpo } from '../../../src/objectives/dpo.ts'
import { focalBradleyTerry } from '../../../src/objectives/focal-bradley-terry.ts'
import { focalRankingInternlm } from '../../../src/objectives/focal-ranking-internlm.ts'
import { lengthNormalisedBradleyTerry } from '../../../src/objectives/length-normalised-bradley-terry.ts'
import { listnet } from '../../../src/objectives/listnet.ts'
import { maskedRegression } from '../../../src/objectives/masked-regression.ts'
import { ordinalLogit } from '../../../src/objectives/ordinal-logit.ts'
import { pairwiseHinge } from '../../../src/objectives/pairwise-hinge.ts'
import { plackettLuce } from '../../../src/objectives/plackett-luce.ts'
import { processBce } from '../../../src/objectives/process-bce.ts'
import { processTwoClass } from '../../../src/objectives/process-two-class.ts'
import { raoKupper } from '../../../src/objectives/rao-kupper.ts'
import { ratingCrossEntropy } from '../../../src/objectives/rating-cross-entropy.ts'
import { simcse } from '../../../src/objectives/simcse.ts'
import { strengthBradleyTerry } from '../../../src/objectives/strength-bradley-terry.ts'
import { ofCard } from './one-card.ts'
import { evaluate, evaluatePairs } from './parts/evaluate.ts'
import { functions as metrics } from './parts/pair-metrics.ts'

// biome-ignore lint/suspicious/noExplicitAny: the inputs are the vectors' own JSON
type Vector = any

/** NeMo's names of the three kinds. */
const kindOf = (name: string): string => name.replace(/_bt$/, '')

const everySecond = (values: readonly number[], from: number): number[] =>
  values.filter((_, index) => index % 2 === from)

const interleaved = (first: readonly number[], second: readonly number[]): number[] =>
  first.flatMap((value, index) => [value, second[index]!])

const own = {
  'bradley-terry': (input: Vector) => evaluatePairs(bradleyTerry, input),
  'bradley-terry-margin': (input: Vector) => evaluatePairs(bradleyTerry, input),
  'bradley-terry-weighted': (input: Vector) => evaluatePairs(bradleyTerry, input),
  'log-exp': (input: Vector) => evaluatePairs(bradleyTerry, input),
  'bradley-terry-centred': ({ coefficient, ...input }: Vector) =>
    evaluatePairs(bradleyTerry, input, { centring: coefficient }),
  async 'bradley-terry-masked'({ rewards, sampleMask }: Vector) {
    const { loss, parts, gradients } = await evaluate(
      bradleyTerry,
      {
        chosen: everySecond(rewards, 0),
        rejected: everySecond(rewards, 1),
        mask: everySecond(sampleMask, 0),
      },
      { maskEpsilon: 1e-8 },
    )
    const only = (name: string): number => parts[name]![0]!
    return {
      loss,
      accuracy: only('accuracy'),
      chosenMean: only('chosenMean'),
      rejectedMean: only('rejectedMean'),
      grad: interleaved(gradients.chosen as number[], gradients.rejected as number[]),
    }
  },
  async 'strength-bradley-terry'({ kind, first, second, label }: Vector) {
    const { loss, gradients } = await evaluate(
      strengthBradleyTerry,
      { first: [first], second: [second], label: [label] },
      { kind: kindOf(kind) },
    )
    return {
      loss,
      gradFirst: (gradients.first as number[])[0],
      gradSecond: (gradients.second as number[])[0],
    }
  },
  async 'masked-regression'({ maskValue, ...input }: Vector) {
    const { loss, gradients } = await evaluate(maskedRegression, input, { ignore: maskValue })
    return { loss, gradPrediction: gradients.prediction }
  },
  'bradley-terry-soft': (input: Vector) => evaluatePairs(bradleyTerrySoft, input),
  'bradley-terry-smoothed': ({ smoothing, ...input }: Vector) =>
    evaluatePairs(bradleyTerrySmoothed, input, { smoothing }),
  'bradley-terry-robust': ({ flipRate, ...input }: Vector) =>
    evaluatePairs(bradleyTerryRobust, input, { flipRate }),
  async 'rao-kupper-loss'({ difference, label, threshold }: Vector) {
    const { loss, gradients } = await evaluate(raoKupper, {
      first: difference,
      second: difference.map(() => 0),
      label,
      threshold,
    })
    return { loss, gradDifference: gradients.first, gradThreshold: gradients.threshold }
  },
  async 'davidson-loss'({ difference, label, nu }: Vector) {
    const { loss, gradients } = await evaluate(davidson, {
      first: difference,
      second: difference.map(() => 0),
      label,
      logNu: logTiePropensity(nu),
    })
    return { loss, gradDifference: gradients.first, gradLogNu: gradients.logNu }
  },
  'bradley-terry-tie-squared': ({ tieWeight, ...input }: Vector) =>
    evaluatePairs(bradleyTerryTieSquared, input, { tieWeight }),
  'pairwise-hinge': ({ margin, ...input }: Vector) => evaluatePairs(pairwiseHinge, input, { margin }),
  'focal-bradley-terry': ({ gamma, ...input }: Vector) => evaluatePairs(focalBradleyTerry, input, { gamma }),
  'focal-ranking-internlm': ({ gamma, ...input }: Vector) =>
    evaluatePairs(focalRankingInternlm, input, { gamma }),
  async 'plackett-luce-loss'(input: Vector) {
    const { loss, gradients } = await evaluate(plackettLuce, input)
    return { loss, grad: gradients.rewards }
  },
  async 'plackett-luce-top-k-loss'({ k, ...input }: Vector) {
    const { loss, gradients } = await evaluate(plackettLuce, input, { k })
    return { loss, grad: gradients.rewards }
  },
  async 'listnet-loss'({ temperature, ...input }: Vector) {
    const { loss, gradients } = await evaluate(listnet, input, { temperature })
    return { loss, grad: gradients.rewards }
  },
  async 'all-pairs-bradley-terry'(input: Vector) {
    const { loss, gradients } = await evaluate(allPairsBradleyTerry, input)
    return { loss, grad: gradients.rewards }
  },
  async 'rating-cross-entropy'(input: Vector) {
    const { loss, gradients, parts } = await evaluate(ratingCrossEntropy, input)
    return { loss, grad: gradients.logits, expectedRating: parts.score }
  },
  async 'ordinal-logit-loss'(input: Vector) {
    const { loss, gradients } = await evaluate(ordinalLogit, input)
    return { loss, gradRewards: gradients.rewards, gradThresholds: gradients.thresholds }
  },
  async 'process-bce'({ ignore, ...input }: Vector) {
    const { loss, gradients } = await evaluate(processBce, input, { ignore })
    return { loss, grad: gradients.logits }
  },
  async 'process-two-class'({ ignore, ...input }: Vector) {
    const { loss, gradients } = await evaluate(processTwoClass, input, { ignore })
    return { loss, grad: gradients.logits }
  },
  async dpo({ beta, labelSmoothing, ipo, ...input }: Vector) {
    const { loss, gradients, parts } = await evaluate(dpo, input, {
      beta,
      labelSmoothing,
      type: ipo ? 'ipo' : 'sigmoid',
    })
    return {
      loss,
      chosenReward: parts.chosenReward,
      rejectedReward: parts.rejectedReward,
      gradChosen: gradients.policyChosen,
      gradRejected: gradients.policyRejected,
    }
  },
  async 'simcse-loss'({ temperature, ...input }: Vector) {
    const { loss, gradients } = await evaluate(simcse, input, { temperature })
    return { loss, grad1: gradients.view1, grad2: gradients.view2 }
  },
  'length-normalised-bradley-terry': (input: Vector) => evaluatePairs(lengthNormalisedBradleyTerry, input),
}

export const functions = { ...own, ...ofCard('00-reward-model-losses', metrics) }
