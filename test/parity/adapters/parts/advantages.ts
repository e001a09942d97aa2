/** Advantages against the authors' vectors: inputs and outputs are re-shaped here, every number comes from `src/`. */
import { beta } from '../../../../src/advantages/beta.ts'
import { type BetaOptions, betaAdvantages } from '../../../../src/advantages/beta-advantages.ts'
import { boostCorrectAdvantages } from '../../../../src/advantages/boost-correct.ts'
import { groupsThatDiffer } from '../../../../src/advantages/dynamic-sampling.ts'
import { expandTokens } from '../../../../src/advantages/expand-tokens.ts'
import { generalisedAdvantages } from '../../../../src/advantages/gae.ts'
import { groupRelativeAdvantages, grpo } from '../../../../src/advantages/grpo.ts'
import {
  dataHardness,
  demonstrationSimilarity,
  jointHardness,
  modelResponsiveness,
} from '../../../../src/advantages/hardness.ts'
import { scaleAdvantages } from '../../../../src/advantages/hardness-scale.ts'
import { normaliseThenSumAdvantages } from '../../../../src/advantages/normalise-then-sum.ts'
import { lengthWeightedAdvantages } from '../../../../src/advantages/opo.ts'
import { bestOfGroupAdvantages } from '../../../../src/advantages/pass-at-k.ts'
import { reinforceAdvantages } from '../../../../src/advantages/reinforce.ts'
import { whitenedReturns } from '../../../../src/advantages/reinforce-plus-plus.ts'
import { batchNormalisedAdvantages } from '../../../../src/advantages/reinforce-plus-plus-baseline.ts'
import { greedyBaselineAdvantages } from '../../../../src/advantages/remax.ts'
import { leaveOneOutAdvantages, rloo } from '../../../../src/advantages/rloo.ts'
import { sigmaFilteredAdvantages } from '../../../../src/advantages/sigma-filter.ts'
import { weightedSum } from '../../../../src/combining/weighted-sum.ts'
import type { AdvantageInput } from '../../../../src/kinds/advantage.ts'
import { parseParameters } from '../../../../src/kinds/method.ts'
import { nextKlCoefficient } from '../../../../src/numerics/adaptive-kl.ts'
import { consecutiveGroups, type Groups, groupsFromIds } from '../../../../src/numerics/grouped.ts'
import { klEstimates } from '../../../../src/numerics/kl-estimate.ts'
import { updateSelectiveMerge } from '../../../../src/numerics/update-selective-merge.ts'
import { maskedMoments, whiten, whitenMasked } from '../../../../src/numerics/whiten.ts'
import { type Column, columnOf, offsetsOf } from '../../../../src/records/column.ts'
import { truncationPenalty } from '../../../../src/shaping/truncation-penalty.ts'

// biome-ignore lint/suspicious/noExplicitAny: the inputs are the vectors' own JSON
type Vector = any

const floats = (values: readonly number[]): Float64Array => Float64Array.from(values)
const ones = (size: number): Uint8Array => new Uint8Array(size).fill(1)
const sum = (row: readonly number[]): number => row.reduce((total, entry) => total + entry, 0)

/** A padded matrix as ragged tokens: every row with all its positions, the mask beside it. */
function ragged(rows: readonly (readonly number[])[]): { values: Float64Array; offsets: Int32Array } {
  return { values: floats(rows.flat()), offsets: offsetsOf(rows.map((row) => row.length)) }
}

const maskOf = (rows: readonly (readonly number[])[]): Uint8Array => Uint8Array.from(rows.flat())

function unragged(values: Float64Array, offsets: Int32Array): number[][] {
  return Array.from({ length: offsets.length - 1 }, (_, row) => [
    ...values.subarray(offsets[row], offsets[row + 1]),
  ])
}

/** Rollout advantages on the tokens of the mask. */
function overTokens(advantages: Float64Array, mask: readonly (readonly number[])[]): number[][] {
  const { offsets } = ragged(mask)
  return unragged(expandTokens(advantages, offsets, maskOf(mask)), offsets)
}

type Scored = { rewards: Float64Array; valid: Uint8Array; groups: Groups; lengths: Float64Array }

function byRollout(compute: (input: Scored, vector: Vector) => Float64Array): (vector: Vector) => unknown {
  return (vector) => {
    const { scores, groups, mask } = vector
    const scored = {
      rewards: floats(scores),
      valid: ones(scores.length),
      groups: groupsFromIds(groups),
      lengths: floats(mask.map(sum)),
    }
    return { advantages: overTokens(compute(scored, vector), mask) }
  }
}

/** The weighted sum over the rewards a row has, as TRL makes it, in consecutive groups. */
function trlInput({ rewards, weights, groupSize }: Vector): AdvantageInput {
  const names = (weights as number[]).map((_, index) => `r${index}`)
  const columns = new Map<string, Column>(
    names.map((name, index) => [name, columnOf((rewards as number[][]).map((row) => row[index]))]),
  )
  const groups = consecutiveGroups(rewards.length, groupSize)
  const parameters = parseParameters(weightedSum, {
    weights: Object.fromEntries(names.map((name, index) => [name, weights[index]])),
    missing: 'skip',
  })
  const combined = weightedSum.apply!(columns, parameters, { size: rewards.length, groups, inputs: {} })
  return { rewards: combined, groups, columns, inputs: {} }
}

/** Invalid rows are what the authors' code answers with NaN. */
function orNaN({ values, valid }: Column): number[] {
  return Array.from(values, (value, row) => (valid[row] === 1 ? value : Number.NaN))
}

const baselines: Record<string, (input: Vector) => unknown> = {
  grpo: byRollout(({ rewards, valid, groups }, { epsilon }) =>
    groupRelativeAdvantages(rewards, valid, groups, { epsilon, single: 'raw' }),
  ),
  'grpo-nostd': byRollout(({ rewards, valid, groups }) =>
    groupRelativeAdvantages(rewards, valid, groups, {
      epsilon: 0,
      single: 'raw',
      divideByStandardDeviation: false,
    }),
  ),
  rloo: byRollout(({ rewards, valid, groups }) =>
    leaveOneOutAdvantages(rewards, valid, groups, { single: 'raw' }),
  ),
  opo: byRollout(({ rewards, valid, groups, lengths }) =>
    lengthWeightedAdvantages(rewards, valid, lengths, groups),
  ),
  'grpo-passk': byRollout(({ rewards, valid, groups }, { epsilon }) =>
    bestOfGroupAdvantages(rewards, valid, groups, { epsilon }),
  ),
  'reinforce-plus-plus-baseline': byRollout(({ rewards, valid, groups, lengths }) =>
    batchNormalisedAdvantages(rewards, valid, lengths, groups),
  ),
  reinforce({ tokenRewards, mask, gamma }) {
    const { values, offsets } = ragged(tokenRewards)
    const of = (baseline: 'none' | 'batch-mean') =>
      unragged(reinforceAdvantages(values, maskOf(mask), offsets, { gamma, baseline }), offsets)
    return { returns: of('none'), advantagesMeanBaseline: of('batch-mean') }
  },
  'reinforce-plus-plus'({ tokenRewards, mask, gamma }) {
    const { values, offsets } = ragged(tokenRewards)
    const result = whitenedReturns(values, maskOf(mask), offsets, { gamma, outside: 'reset' })
    return {
      advantages: unragged(result.advantages, offsets),
      returns: unragged(result.returns, offsets),
    }
  },
  remax({ tokenRewards, greedyScores, mask }) {
    const { values, offsets } = ragged(tokenRewards)
    const result = greedyBaselineAdvantages(values, maskOf(mask), offsets, floats(greedyScores))
    return {
      advantages: unragged(result.advantages, offsets),
      returns: unragged(result.returns, offsets),
    }
  },
  gae({ tokenRewards, values, mask, gamma, lambda }) {
    const { values: rewards, offsets } = ragged(tokenRewards)
    const inside = maskOf(mask)
    const result = generalisedAdvantages(rewards, ragged(values).values, inside, offsets, { gamma, lambda })
    return {
      unwhitened: unragged(result.advantages, offsets),
      advantages: unragged(whiten(result.advantages, inside), offsets),
      returns: unragged(result.returns, offsets),
    }
  },
  'masked-whiten'({ values, mask }) {
    const { values: entries, offsets } = ragged(values)
    const inside = maskOf(mask)
    const { mean, variance } = maskedMoments(entries, inside, true)
    return {
      mean,
      variance,
      whitened: unragged(whiten(entries, inside), offsets),
      whitenedKeepMean: unragged(whiten(entries, inside, { keepMean: true }), offsets),
    }
  },
  'kl-estimate': ({ logProbs, refLogProbs, estimator }) => ({
    kl: klEstimates(floats(logProbs), floats(refLogProbs), estimator),
  }),
  'kl-estimate-unclamped': ({ logProbs, refLogProbs }) => ({
    kl: klEstimates(floats(logProbs), floats(refLogProbs), 'k3', { clamped: false }),
  }),
  'adaptive-kl'({ initial, target, horizon, observedKl, steps }) {
    let coefficient = initial
    return {
      coefficient: observedKl.map((kl: number) => {
        coefficient = nextKlCoefficient(coefficient, kl, steps, { target, horizon })
        return coefficient
      }),
    }
  },
  'trl-advantage'(vector) {
    const input = trlInput(vector)
    const { epsilon } = vector
    const of = (scale: string) =>
      grpo.apply(input, parseParameters(grpo, { dialect: 'trl', scale, epsilon })).advantages.values
    return { group: of('group'), batch: of('batch'), none: of('none') }
  },
  'trl-rloo'(vector) {
    const input = trlInput(vector)
    const of = (normalise: boolean) =>
      rloo.apply(input, parseParameters(rloo, { dialect: 'trl', normalise })).advantages.values
    return { advantages: of(false), normalized: of(true) }
  },
  'trl-normalize-then-sum'(vector) {
    const { columns, groups } = trlInput(vector)
    const { advantages } = normaliseThenSumAdvantages([...columns.values()], vector.weights, groups, {
      epsilon: vector.epsilon,
      statistics: 'group',
      renormalise: true,
      single: 'zero',
      missing: 'skip',
    })
    return { advantages: advantages.values }
  },
}

const released: BetaOptions = { onDegenerate: 'released', single: 'released' }

const bnpo: Record<string, (input: Vector) => unknown> = {
  bnpo({ scores, groups: ids, mask, min, max }) {
    const groups = groupsFromIds(ids)
    const rewards = columnOf(scores)
    const { fit } = betaAdvantages(rewards.values, rewards.valid, groups, { ...released, min, max })
    const column = beta.apply(
      { rewards, groups, columns: new Map(), inputs: {} },
      parseParameters(beta, { ...released, min, max }),
    ).advantages
    const sequenceAdvantages = floats(orNaN(column))
    return {
      sequenceAdvantages,
      advantages: overTokens(sequenceAdvantages, mask),
      groupMeans: fit.groupMeans,
      parameters: {
        pMean: fit.passRateMean,
        pVar: fit.passRateVariance,
        a: fit.a,
        b: fit.b,
        alpha: fit.alpha,
        beta: fit.beta,
      },
    }
  },
  'bnpo-decomposition'({ rewards, groups: ids }) {
    const groups = groupsFromIds(ids)
    const names = Object.keys(rewards)
    const columns = new Map<string, Column>(names.map((name) => [name, columnOf(rewards[name])]))
    const of = (columnNames: string[]) =>
      orNaN(
        beta.apply(
          { rewards: columns.get(names[0]!)!, groups, columns, inputs: {} },
          parseParameters(beta, { ...released, of: columnNames }),
        ).advantages,
      )
    return { ...Object.fromEntries(names.map((name) => [name, of([name])])), advantages: of(names) }
  },
}

const dler: Record<string, (input: Vector) => unknown> = {
  'dler-advantage'(vector) {
    const { correct, stoppedProperly, lengths, maxLength, truncationFactor, boost, boostThreshold } = vector
    const groups = groupsFromIds(vector.groups)
    const scores = columnOf(correct as number[])
    const rewards = truncationPenalty.apply!(
      scores,
      parseParameters(truncationPenalty, { factor: truncationFactor }),
      { groups, inputs: { finished: columnOf((stoppedProperly as boolean[]).map(Number)) } },
    )
    const mask = (lengths as number[]).map((length) =>
      Array.from({ length: maxLength as number }, (_, position) => (position < length ? 1 : 0)),
    )
    const offsets = ragged(mask).offsets
    const normalised = batchNormalisedAdvantages(rewards.values, rewards.valid, floats(lengths), groups)
    const tokens = expandTokens(normalised, offsets, maskOf(mask))
    const boosted = boostCorrectAdvantages(
      tokens,
      scores.values,
      { boost, threshold: boostThreshold },
      offsets,
    )
    const kept = (column: Column) =>
      Array.from(groupsThatDiffer(column.values, column.valid, groups).groups, Boolean)
    return {
      rewards: rewards.values,
      keptGroupsByScore: kept(scores),
      keptGroupsByReward: kept(rewards),
      advantages: unragged(tokens, offsets),
      boostedAdvantages: unragged(boosted, offsets),
    }
  },
  'update-selective-merge'({ base, trained, keep, scale }) {
    const matrix = Array.isArray(base[0])
    const { merged, kept } = updateSelectiveMerge(floats(base.flat()), floats(trained.flat()), {
      keep,
      scale,
    })
    if (!matrix) return { merged, kept }
    const { offsets } = ragged(base)
    return { merged: unragged(merged, offsets), kept: unragged(Float64Array.from(kept), offsets) }
  },
}

function weightedAdvantages({ rewards, weights, perGroup, groupSize, renormalise }: Vector): unknown {
  const names = Object.keys(rewards)
  const columns = names.map((name) => columnOf(rewards[name]))
  const groups = consecutiveGroups(columns[0]!.values.length, groupSize)
  const { advantages, parts } = normaliseThenSumAdvantages(
    columns,
    names.map((name) => weights[name]),
    groups,
    {
      epsilon: 1e-8,
      statistics: perGroup ? 'group' : 'batch',
      renormalise,
      single: 'invalid',
      missing: 'invalid',
    },
  )
  return {
    advantages: orNaN(advantages),
    perReward: Object.fromEntries(names.map((name, index) => [name, orNaN(parts[index]!)])),
  }
}

const hardness: Record<string, (input: Vector) => unknown> = {
  'data-hardness'({ generatedClauseEmbeddings, demonstrationClauseEmbeddings }) {
    const similarity = (generatedClauseEmbeddings as number[][][]).map(
      (clauses, item) => demonstrationSimilarity(clauses, demonstrationClauseEmbeddings[item]).similarity,
    )
    return { similarity, ...dataHardness(similarity) }
  },
  'model-responsiveness': ({ rewardGaps, threshold }) => modelResponsiveness(rewardGaps, threshold),
  'grpo-s'({ rewards, dataHardness: data, responsiveness }) {
    const { values, offsets } = ragged(rewards)
    const prompts = rewards.length
    const groups = groupsFromIds((rewards as number[][]).flatMap((row, prompt) => row.map(() => prompt)))
    const alpha = jointHardness(data, new Float64Array(prompts).fill(responsiveness), 'product')
    const plain = groupRelativeAdvantages(values, ones(values.length), groups, {
      epsilon: 1e-6,
      single: 'raw',
    })
    const scaled = scaleAdvantages(columnOf(plain), columnOf(expandTokens(alpha, offsets)))
    return {
      alpha,
      advantages: unragged(scaled.values, offsets),
      plainGrpo: unragged(plain, offsets),
    }
  },
}

function advantageFilter({ advantages, bound }: Vector): unknown {
  const { values, offsets } = ragged(advantages)
  const of = (bounds: 'described' | 'released') =>
    sigmaFilteredAdvantages(values, ones(values.length), { bound, bounds })
  const described = of('described')
  return {
    mean: described.mean,
    inverseStd: described.inverseDeviation,
    released: unragged(of('released').advantages, offsets),
    described: unragged(described.advantages, offsets),
  }
}

function parPpoAdvantages({ rewards, values, mask, gamma, lambda }: Vector): unknown {
  const { values: tokenRewards, offsets } = ragged(rewards)
  const inside = maskOf(mask)
  const { advantages } = generalisedAdvantages(tokenRewards, ragged(values).values, inside, offsets, {
    gamma,
    lambda,
    outside: 'zero',
  })
  whitenMasked(advantages, inside, false)
  const returns = reinforceAdvantages(tokenRewards, inside, offsets, { gamma, baseline: 'none' })
  return { advantages: unragged(advantages, offsets), returns: unragged(returns, offsets) }
}

const prefixed = (
  file: string,
  entries: Record<string, (input: Vector) => unknown>,
): Record<string, (input: Vector) => unknown> =>
  Object.fromEntries(Object.entries(entries).map(([name, run]) => [`${file}/${name}`, run]))

/** `file/function` → the call of the public functions that answers its cases. */
export const functions: Record<string, (input: Vector) => unknown> = {
  ...prefixed('00-baselines', baselines),
  ...prefixed('02-bnpo', bnpo),
  ...prefixed('04-dler', dler),
  ...prefixed('31-dr-irl', hardness),
  '05-pref-grpo/weighted-advantages': weightedAdvantages,
  '33-r1-reward/advantage-filter': advantageFilter,
  '36-par/par-ppo-advantages': parPpoAdvantages,
}
