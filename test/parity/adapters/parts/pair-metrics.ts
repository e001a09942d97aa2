/** Pairs, ensembles, judges and calibration against the authors' vectors: re-shaped here, computed in `src/`. */
import { accuracyAndPlus } from '../../../../src/benchmarks/pairs/accuracy-plus.ts'
import { bothOrderMetrics } from '../../../../src/benchmarks/pairs/both-order-metrics.ts'
import { macroAccuracy } from '../../../../src/benchmarks/pairs/macro-accuracy.ts'
import { ensembleWeights } from '../../../../src/combining/ensemble-weights.ts'
import { hybridRuleReward } from '../../../../src/combining/hybrid-rule.ts'
import { aggregateSteps, type ProcessAggregate } from '../../../../src/combining/process-aggregate.ts'
import { bestOfN, bestOfNKl } from '../../../../src/numerics/best-of-n.ts'
import { binnedCalibration } from '../../../../src/numerics/binned-calibration.ts'
import {
  type Aggregate,
  type AggregateOptions,
  aggregateEnsemble,
} from '../../../../src/numerics/ensemble-aggregate.ts'
import { ensembleErrorVariance } from '../../../../src/numerics/ensemble-error-variance.ts'
import { bestReplies, pickAgreement, rankAgreement } from '../../../../src/numerics/member-agreement.ts'
import { preferenceMetrics } from '../../../../src/numerics/preference-metrics.ts'
import { referenceMoments, standardiseMembers } from '../../../../src/numerics/standardise-members.ts'
import { temperatureScaling } from '../../../../src/numerics/temperature-scaling.ts'
import { winRate } from '../../../../src/numerics/win-rate.ts'
import { allPairs } from '../../../../src/preferences/all-pairs.ts'
import { klPenalisedRewards } from '../../../../src/shaping/kl-penalty.ts'
import { bothOrders, sampledBothOrders } from '../../../../src/signals/judges/both-orders.ts'
import { preferenceSums } from '../../../../src/signals/judges/preference-sums.ts'
import { meanOfSamples } from '../../../../src/signals/judges/sampled-score.ts'
import { yesProbability } from '../../../../src/signals/judges/yes-probability.ts'

// biome-ignore lint/suspicious/noExplicitAny: the inputs are the vectors' own JSON
type Vector = any

const lists = (rows: readonly (readonly number[])[]): Float64Array[] =>
  rows.map((row) => Float64Array.from(row))

function square(flat: Float64Array, size: number): number[][] {
  return Array.from({ length: size }, (_, row) => Array.from(flat.subarray(row * size, (row + 1) * size)))
}

/** The vectors' names of the aggregates. */
const aggregates: Readonly<Record<string, Aggregate>> = {
  mean: 'mean',
  median: 'median',
  min: 'min',
  quantile25: 'quantile',
  meanMinusStd: 'mean-minus-std',
}

const steps: Readonly<Record<string, ProcessAggregate>> = {
  min: 'min',
  product: 'product',
  mean: 'mean',
  last: 'last',
  sumLogit: 'sum-logit',
  geometric: 'geometric-mean',
}

function aggregateOther({ scores, lambda_ }: Vector): Record<string, Float64Array> {
  const members = lists(scores)
  return Object.fromEntries(
    Object.entries(aggregates).map(([name, aggregate]) => [
      name,
      aggregateEnsemble(members, { aggregate, q: 0.25, coefficient: lambda_ }),
    ]),
  )
}

export const functions = {
  '00-reward-model-losses/preference-metrics': ({ difference, label, bins }: Vector) => {
    const found = preferenceMetrics(difference, label, bins)
    return {
      accuracy: found.accuracy,
      strictAccuracy: found.strictAccuracy,
      ties: found.ties,
      nll: found.logLoss,
      brier: found.brier,
      ece: found.expectedCalibrationError,
      mce: found.maximumCalibrationError,
      reliability: found.reliability.map(({ bin, count, probability, share }) => [
        bin,
        count,
        probability,
        share,
      ]),
    }
  },
  '00-reward-model-losses/temperature-scaling': ({ difference, label }: Vector) => {
    const { temperature, logLoss } = temperatureScaling(difference, label)
    return { temperature, nll: logLoss }
  },
  '00-reward-model-losses/best-of-n-kl': ({ n }: Vector) => ({ kl: bestOfNKl(n) }),
  '00-reward-model-losses/best-of-n-expected': ({ proxy, gold, n }: Vector) => ({
    gold: bestOfN(Float64Array.from(proxy), Float64Array.from(gold), [n])[0],
  }),
  '00-reward-model-losses/ensemble-aggregate': ({ scores, coefficient, variance }: Vector) => {
    const members = lists(scores)
    const made = (options: AggregateOptions) => aggregateEnsemble(members, options)
    return {
      mean: made({ aggregate: 'mean' }),
      wco: made({ aggregate: 'min' }),
      uwo: made({ aggregate: 'mean-minus-variance', coefficient, variance }),
    }
  },
  '00-reward-model-losses/ensemble-aggregate-other': aggregateOther,
  '00-reward-model-losses/judge-yes-probability': ({ yesLogit, noLogit, temperature }: Vector) => ({
    probability: yesLogit.map((yes: number, row: number) => yesProbability(yes, noLogit[row], temperature)),
  }),
  '00-reward-model-losses/judge-position-average': ({ chosenFirst, chosenSecond }: Vector) => {
    const found = chosenFirst.map((first: number, row: number) => bothOrders(first, chosenSecond[row]))
    return {
      probability: found.map((verdict: { probability: number }) => verdict.probability),
      correct: found.map((verdict: { correct: number }) => verdict.correct),
    }
  },
  '00-reward-model-losses/process-aggregate': ({ probability }: Vector) =>
    Object.fromEntries(
      Object.entries(steps).map(([name, aggregate]) => [
        name,
        aggregateSteps(Float64Array.from(probability), 0, probability.length, aggregate),
      ]),
    ),

  '17-ensembles/standardise-members': ({ scores, reference }: Vector) => ({
    z: standardiseMembers(lists(scores), reference.map(referenceMoments)),
  }),
  '17-ensembles/ensemble-aggregate-other': aggregateOther,
  '17-ensembles/best-of-n-pick': ({ scores, groups }: Vector) =>
    Object.fromEntries(
      Object.entries(aggregateOther({ scores, lambda_: 1 })).map(([name, values]) => {
        const picks = bestReplies(values, groups)
        return [name, picks.length === 1 ? picks[0] : picks]
      }),
    ),
  '17-ensembles/member-rank-agreement': ({ scores }: Vector) => ({
    spearman: square(rankAgreement(scores), scores.length),
  }),
  '17-ensembles/member-pick-agreement': ({ scores }: Vector) => ({
    share: square(pickAgreement(scores), scores.length),
  }),
  '17-ensembles/win-rate-against-reference': ({ scores, reference }: Vector) => ({
    winRate: winRate(scores, reference),
  }),
  '17-ensembles/kl-penalised-reward': (input: Vector) => ({
    value: klPenalisedRewards(
      input.reward,
      input.logProbability,
      input.referenceLogProbability,
      input.lambda_,
    ),
  }),
  '17-ensembles/judge-two-orders': ({ winsFirst, winsSecond, samples }: Vector) =>
    sampledBothOrders(winsFirst, winsSecond, samples),
  '17-ensembles/ensemble-error-variance': ({ variance, correlation, members }: Vector) => ({
    variance: ensembleErrorVariance(variance, correlation, members),
  }),

  '43-more/more-calibration-error': ({ label, probability, bins, strategy }: Vector) => {
    const { expected, average, maximum } = binnedCalibration(label, probability, {
      bins,
      strategy,
      edge: 'lower',
    })
    return { expected, average, maximum }
  },
  '43-more/more-metrics': ({ rewards, scores }: Vector) => {
    const found = bothOrderMetrics(rewards, scores)
    return {
      accuracy: found.accuracy,
      ece5: found.expectedCalibrationError[5],
      ece10: found.expectedCalibrationError[10],
      ece20: found.expectedCalibrationError[20],
      ace10: found.averageCalibrationError,
      mce10: found.maximumCalibrationError,
    }
  },

  '19-basereward/hybrid-rule-reward': ({ match, score }: Vector) => ({
    reward: match.map((matches: boolean, row: number) => hybridRuleReward(matches, score[row])),
  }),
  '19-basereward/ensemble-weights': ({ chosen, rejected, rule }: Vector) => ({
    weights: ensembleWeights(chosen, rejected, rule),
  }),
  '19-basereward/weighted-ensemble': ({ scores, weights }: Vector) => ({
    score: aggregateEnsemble(lists(scores), { aggregate: 'weighted', weights }),
    average: aggregateEnsemble(lists(scores), { aggregate: 'mean' }),
  }),
  '19-basereward/pairwise-sum-reward': ({ preference }: Vector) => ({
    reward: preferenceSums(Float64Array.from(preference.flat())),
  }),
  '19-basereward/overall-and-macro-accuracy': ({ category, correct }: Vector) =>
    macroAccuracy(category, correct),

  '08-mm-rlhf/all-pairs-from-ranks': ({ rank }: Vector) => ({ pairs: allPairs(rank) }),
  '08-mm-rlhf/acc-and-acc-plus': ({ ids, rewards }: Vector) => {
    const { accuracy, accuracyPlus } = accuracyAndPlus(
      ids,
      rewards.map((pair: readonly number[]) => pair[0]),
      rewards.map((pair: readonly number[]) => pair[1]),
    )
    return { acc: accuracy, accPlus: accuracyPlus }
  },
  '08-mm-rlhf/critique-sample-mean': ({ scores }: Vector) => ({ mean: scores.map(meanOfSamples) }),
}
