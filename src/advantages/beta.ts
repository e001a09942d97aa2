/**
 * Beta normalisation (BNPO): reward minus the group's pass rate, divided by a Beta density fitted to the pass rates
 * of the batch, which gives the gradient the least variance among such normalisations. Unbounded. Source: paper 02.
 *
 * With `estimates: running` the density is fitted to running estimates over training steps, moved by the batch first:
 * p̄ and v become averages of the batches' means and unbiased variances in which each step counts `decay` times the next.
 */
import { z } from 'zod'
import { type AdvantageInput, type AdvantageResult, defineAdvantage } from '../kinds/advantage.ts'
import { normalisedAgain } from '../kinds/trainer-sentences.ts'
import type { Groups } from '../numerics/grouped.ts'
import { type Column, copyColumn, createColumn, invalidate } from '../records/column.ts'
import { namedColumn, rolloutAdvantages } from './advantage-columns.ts'
import { type BetaFit, betaAdvantages } from './beta-advantages.ts'
import { NO_ESTIMATES, type PassRateEstimates, parseEstimates } from './pass-rate-estimates.ts'

/** Groups beyond this number are left out of the evidence, which would outgrow the batch. */
const GROUPS_IN_EVIDENCE = 1024

/** Running estimates of each column that is normalised; the combined reward is called `reward`. */
type BetaState = Readonly<Record<string, PassRateEstimates>>

export const beta = defineAdvantage({
  name: 'beta',
  summary: 'Reward minus the group’s pass rate, divided by a Beta density fitted to the batch’s pass rates.',
  paper: {
    slug: '02-bnpo',
    title: 'BNPO: Beta Normalization Policy Optimization',
    source: 'theorem on α = 1 + a/3, β = 1 + b/3; recipe/bnpo compute_bnpo_outcome_advantage',
  },
  formula:
    '(s − p_g) / Beta(p_g; 1 + a/3, 1 + b/3), a and b by the moments of p over the groups; estimates: running takes their decayed averages over steps',
  range: 'unbounded',
  aliases: ['bnpo', 'beta normalisation', 'beta normalization'],
  scope: 'batch',
  takes: 'rollout',
  grain: 'rollout',
  parameters: z.object({
    min: z.number().default(0).describe('reward that counts as wrong'),
    max: z.number().default(1).describe('reward that counts as right; rewards outside the range are invalid'),
    weightCap: z
      .number()
      .positive()
      .default(1e6)
      .describe('largest weight of a group; 1e6 as released, 10 keeps rare pass rates from ruling the batch'),
    onDegenerate: z
      .enum(['group-std', 'zero', 'released'])
      .default('group-std')
      .describe(
        'when all pass rates are equal no density fits: divide by √(p(1 − p)), give 0, or invalid rows (a batch all right or all wrong then fails)',
      ),
    single: z
      .enum(['zero', 'released'])
      .default('zero')
      .describe(
        'a group of one: 0 and out of the fit, or pass rate 0 as released (its weight may reach the cap)',
      ),
    estimates: z
      .enum(['batch', 'running'])
      .default('batch')
      .describe(
        'fit the density to this batch, or to running estimates over training steps, which are steadier when a batch has few prompts',
      ),
    decay: z
      .number()
      .min(0)
      .max(1)
      .default(0.9)
      .describe(
        'with running estimates: how much a step counts beside the next one; 0 is this batch alone, 1 weighs all steps alike',
      ),
    of: z
      .array(z.string())
      .min(1)
      .optional()
      .describe('columns that are normalised each by itself and averaged, instead of the combined reward'),
  }),
  reads: ({ of }) => of ?? [],
  warnings: normalisedAgain,
  examples: [
    {
      title: 'a single prompt: reward minus pass rate',
      input: { column: [1, 0, 0, 0] },
      result: [0.75, -0.25, -0.25, -0.25],
    },
    {
      title: 'all prompts alike: divided by √(p(1 − p))',
      input: { column: [1, 0, 0, 1, null], groups: ['a', 'a', 'b', 'b', 'b'] },
      result: [1, -1, -1, 1, null],
    },
    {
      title: 'running estimates: the first step is as without them',
      input: { column: [1, 0, 0, 1], groups: ['a', 'a', 'b', 'b'] },
      parameters: { estimates: 'running' },
      result: [1, -1, -1, 1],
    },
  ],
  apply: (input, parameters) => compare(input, parameters, {}).result,
  stateful: {
    initial: ({ estimates }): BetaState | undefined => (estimates === 'running' ? {} : undefined),
    apply(input, parameters, before) {
      const { result, state } = compare(input, parameters, before)
      return { ...result, state }
    },
  },
})

function compare(
  input: AdvantageInput,
  { of, estimates, decay, ...options }: CompareOptions,
  before: BetaState,
): { result: AdvantageResult; state: BetaState } {
  const state: Record<string, PassRateEstimates> = {}
  const normalise = (rewards: Column, name: string) => {
    const seen = before[name]
    const running =
      estimates === 'batch'
        ? undefined
        : { before: seen === undefined ? NO_ESTIMATES : parseEstimates(seen), decay }
    const normalised = normaliseColumn(rewards, input.groups, { ...options, running })
    if (normalised.fit.estimates !== undefined) state[name] = normalised.fit.estimates
    return normalised
  }
  if (of === undefined) {
    const { column, fit } = normalise(input.rewards, 'reward')
    return { result: { advantages: column, evidence: evidenceOf(fit) }, state }
  }
  const parts = of.map((name) => normalise(namedColumn(input, name), name))
  const mean = createColumn(input.rewards.values.length)
  for (const [index, { column }] of parts.entries()) {
    for (let row = 0; row < mean.values.length; row++) {
      if (column.valid[row] === 1) mean.values[row]! += column.values[row]! / parts.length
      else invalidate(mean, row, `${of[index]}: ${column.reasons?.[row] ?? 'invalid'}`)
    }
  }
  const evidence = Object.fromEntries(parts.map(({ fit }, index) => [of[index]!, evidenceOf(fit)]))
  return { result: { advantages: rolloutAdvantages(mean, mean.values), evidence }, state }
}

interface NormaliseOptions {
  readonly min: number
  readonly max: number
  readonly weightCap: number
  readonly onDegenerate: 'group-std' | 'zero' | 'released'
  readonly single: 'zero' | 'released'
  readonly running: { readonly before: PassRateEstimates; readonly decay: number } | undefined
}

interface CompareOptions extends Omit<NormaliseOptions, 'running'> {
  readonly estimates: 'batch' | 'running'
  readonly decay: number
  readonly of?: readonly string[] | undefined
}

function normaliseColumn(
  rewards: Column,
  groups: Groups,
  options: NormaliseOptions,
): { column: Column; fit: BetaFit } {
  const usable = copyColumn(rewards)
  for (let row = 0; row < usable.values.length; row++) {
    const value = usable.values[row]!
    if (usable.valid[row] === 1 && !(value >= options.min && value <= options.max)) {
      invalidate(usable, row, `the reward lies outside [${options.min}, ${options.max}]`)
    }
  }
  const { advantages, fit } = betaAdvantages(usable.values, usable.valid, groups, options)
  if (fit.degenerate && options.onDegenerate === 'released') {
    for (let row = 0; row < usable.values.length; row++) {
      invalidate(usable, row, 'all groups have the same pass rate, so no Beta density fits')
    }
    advantages.fill(0)
  }
  return { column: rolloutAdvantages(usable, advantages), fit }
}

/** JSON has no infinity: parameters of a fit that does not exist are null there. */
function evidenceOf(fit: BetaFit): Record<string, unknown> {
  const finite = (value: number) => (Number.isFinite(value) ? value : null)
  const few = fit.groupMeans.length <= GROUPS_IN_EVIDENCE
  return {
    passRateMean: fit.passRateMean,
    passRateVariance: fit.passRateVariance,
    a: finite(fit.a),
    b: finite(fit.b),
    alpha: finite(fit.alpha),
    beta: finite(fit.beta),
    groups: fit.groups,
    degenerate: fit.degenerate,
    capped: fit.capped,
    ...(fit.estimates === undefined ? {} : { estimates: fit.estimates }),
    ...(few ? { groupMeans: [...fit.groupMeans], groupWeights: [...fit.groupWeights] } : {}),
  }
}
