/** Shapings against the authors' vectors: inputs and outputs are re-shaped here, every number comes from `src/`. */
import type { Inputs } from '../../../../src/kinds/inputs.ts'
import { parseParameters } from '../../../../src/kinds/method.ts'
import { groupsFromIds } from '../../../../src/numerics/grouped.ts'
import { type RunningMoments, varianceOf } from '../../../../src/numerics/welford.ts'
import { type Column, columnOf, raggedColumnOf, rolloutsOf } from '../../../../src/records/column.ts'
import { centre, referenceLevels } from '../../../../src/shaping/centre.ts'
import { clip } from '../../../../src/shaping/clip.ts'
import { clipSteps } from '../../../../src/shaping/clip-steps.ts'
import { cosineLength } from '../../../../src/shaping/cosine-length.ts'
import { deltaSteps } from '../../../../src/shaping/delta-steps.ts'
import { difficultyLimits } from '../../../../src/shaping/difficulty-tiers.ts'
import { fitSigmoid, fittedSigmoid } from '../../../../src/shaping/fitted-sigmoid.ts'
import { groupLengthPenalty } from '../../../../src/shaping/group-length-penalty.ts'
import { kimiLength } from '../../../../src/shaping/kimi-length.ts'
import { tokenRewardsWithKl } from '../../../../src/shaping/kl-token-reward.ts'
import { logSigmoid, logSigmoidSlope } from '../../../../src/shaping/log-sigmoid.ts'
import { longReplyPenalty } from '../../../../src/shaping/long-reply-penalty.ts'
import type { AnyShaping } from '../../../../src/shaping/plain-lists.contract.ts'
import { preferenceAsReward } from '../../../../src/shaping/preference-as-reward.ts'
import { runningClip } from '../../../../src/shaping/running-clip.ts'
import { runningMeanStd } from '../../../../src/shaping/running-mean-std.ts'
import { runningMinMax } from '../../../../src/shaping/running-min-max.ts'
import { sigmoid } from '../../../../src/shaping/sigmoid.ts'
import { softOverlong } from '../../../../src/shaping/soft-overlong.ts'
import { stepReturns, stepTotals } from '../../../../src/shaping/step-returns.ts'
import { tanh } from '../../../../src/shaping/tanh.ts'

// biome-ignore lint/suspicious/noExplicitAny: the inputs are the vectors' own JSON
type Vector = any

type Parameters = Readonly<Record<string, unknown>>

function shape(method: AnyShaping, parameters: Parameters, column: Column, inputs: Inputs = {}): Column {
  const context = { inputs, groups: groupsFromIds(new Int32Array(rolloutsOf(column))) }
  const parsed = parseParameters(method, parameters)
  if (method.stateful === undefined) return method.apply!(column, parsed, context)
  return method.stateful.apply(column, parsed, context, method.stateful.initial(parsed) as never).column
}

const list = (column: Column): number[] => Array.from(column.values)

const zeros = (size: number): Column => columnOf(new Float64Array(size))

/** Flags of the authors' reward shaper, in its order of application. */
function shapeByFlags({ rewards, references, lengths, settings }: Vector): unknown {
  const inputs = { references: raggedColumnOf('step', references), length: columnOf(lengths) }
  const {
    reward_maxref: maximum,
    sigmoid_k: k,
    reward_relative: relative,
    gen_valid_len: limit,
    len_penalty: rate,
  } = settings
  const steps: [boolean, AnyShaping, Parameters][] = [
    [settings.reward_ceil !== undefined, clip, { high: settings.reward_ceil }],
    [settings.reward_penalize_length, longReplyPenalty, { limit, rate }],
    [settings.reward_centered, centre, { statistic: 'mean', references: maximum }],
    [settings.reward_sgfc, preferenceAsReward, { k, references: maximum, shift: 3 }],
    [settings.reward_meanstd, runningMeanStd, {}],
    [settings.reward_clip, runningClip, {}],
    [settings.reward_minmax, runningMinMax, {}],
    [settings.reward_ceil !== undefined, clip, { high: settings.reward_ceil }],
    [settings.reward_sigmoid && !relative, sigmoid, { k }],
    [settings.reward_sigmoid && relative, preferenceAsReward, { k, references: maximum }],
    [settings.reward_tanh, tanh, relative ? { relative, references: maximum } : {}],
    [settings.reward_fittedpoly, fittedSigmoid, relative ? { relative, references: maximum } : {}],
    [settings.reward_lsc, centre, { statistic: 'normal-quantile', q: 0.85 }],
    [settings.reward_lsc, logSigmoid, {}],
  ]
  let column = columnOf(rewards)
  for (const [used, method, parameters] of steps) {
    if (used === true) column = shape(method, parameters, column, inputs)
  }
  return { shaped: list(column) }
}

function runningShaping(method: AnyShaping) {
  return ({ batches }: Vector): unknown => {
    const context = { inputs: {}, groups: groupsFromIds([]) }
    const parameters = parseParameters(method, {})
    const { initial, apply } = method.stateful!
    let state = initial(parameters) as RunningMoments
    const shaped: number[][] = []
    const states: unknown[] = []
    for (const batch of batches) {
      const result = apply(columnOf(batch), parameters, context, state as never)
      // What a checkpoint would store and read again.
      state = JSON.parse(JSON.stringify(result.state))
      shaped.push(list(result.column))
      const { count: n, mean, minimum: min, maximum: max } = state
      states.push({ n, mean, variance: varianceOf(state), min, max })
    }
    return { shaped, state: states }
  }
}

function fittedPolynomial(input: Vector): unknown {
  if (input.degree === undefined) return shapeByFlags(input)
  return { coefficientsHighestFirst: Array.from(fitSigmoid(input)) }
}

function logSigmoidCentred({ rewards, references, quantile: q, stdGuard: guard }: Vector): unknown {
  const inputs = { references: raggedColumnOf('step', references) }
  const centred = shape(centre, { statistic: 'normal-quantile', q, guard }, columnOf(rewards), inputs)
  return { shaped: list(shape(logSigmoid, {}, centred)) }
}

function logSigmoidEmpirical({ rewards, references, quantile: q }: Vector): unknown {
  const scores = raggedColumnOf('step', references)
  const parameters = q === null ? { statistic: 'value', value: 0 } : { statistic: 'quantile', q }
  const centred = shape(centre, parameters, columnOf(rewards), { references: scores })
  const levels =
    q === null
      ? list(zeros(rewards.length))
      : Array.from(referenceLevels(scores, rolloutsOf(scores), { statistic: 'quantile', q, guard: 0 }))
  return {
    reference: levels,
    shaped: list(shape(logSigmoid, {}, centred)),
    gradient: Array.from(logSigmoidSlope(centred.values, centred.valid)),
  }
}

function refineProcessRewards({ processRewards, threshold, coefficient, correct }: Vector): unknown {
  const none = raggedColumnOf('step', [processRewards])
  const clipped = shape(clipSteps, { threshold }, none)
  const report = (steps: Column) => ({
    steps: list(steps),
    sum: stepTotals(steps).values[0],
    returnToGo: list(
      shape(stepReturns, { coefficient, success: 'correct' }, steps, { success: columnOf([correct]) }),
    ),
  })
  return {
    none: report(none),
    clip: report(clipped),
    delta: report(shape(deltaSteps, {}, none)),
    clipDelta: report(shape(deltaSteps, {}, clipped)),
  }
}

function groupPenalty({ lengths, correct, minCorrect = 1, ...options }: Vector): unknown {
  const size = lengths.length
  const { penalty, target } = groupLengthPenalty(
    Float64Array.from(lengths),
    Uint8Array.from(correct),
    new Uint8Array(size).fill(1),
    { count: 1, of: new Int32Array(size) },
    { ...options, minCorrect },
  )
  return { target: Number.isNaN(target[0]!) ? null : target[0], penalty: Array.from(penalty) }
}

function overlong(parameters: Parameters, lengths: number[]): number[] {
  return list(shape(softOverlong, parameters, zeros(lengths.length), { length: columnOf(lengths) }))
}

function correctColumn(correct: boolean[]): Column {
  return columnOf(correct.map(Number))
}

/** Masked tokens leave, and their places are filled with 0 again. */
function tokenRewards({ score, logProbs, refLogProbs, mask, klCoef }: Vector): unknown {
  const masked = (rows: number[][]) =>
    raggedColumnOf(
      'token',
      rows.map((row, index) => row.filter((_, token) => mask[index][token] > 0)),
    )
  const rewards = tokenRewardsWithKl(columnOf(score), masked(logProbs), masked(refLogProbs), klCoef)
  let next = 0
  return {
    rewards: mask.map((row: number[]) => row.map((kept) => (kept > 0 ? rewards.values[next++] : 0))),
  }
}

const flagged = [
  'par',
  'par-1ref',
  'par-k2',
  'par-k3',
  'sigmoid',
  'centered',
  'sgfc',
  'tanh',
  'tanh-relative',
  'fitted-poly-relative',
  'ceiling',
  'lsc',
  'par-length-penalty',
]

export const functions: Record<string, (input: Vector) => unknown> = {
  ...Object.fromEntries(flagged.map((name) => [`36-par/${name}`, shapeByFlags])),
  '36-par/fitted-poly': fittedPolynomial,
  '36-par/meanstd': runningShaping(runningMeanStd),
  '36-par/clip': runningShaping(runningClip),
  '36-par/minmax': runningShaping(runningMinMax),
  '06-transforming-combining/lsc': logSigmoidCentred,
  '06-transforming-combining/lsc-empirical': logSigmoidEmpirical,
  '12-clip-delta/process-reward-refinement': refineProcessRewards,
  '13-hybrid-multi-aspect/group-length-penalty': groupPenalty,
  '00-verifiers/soft-overlong-trl': ({ maxCompletionLen: maximum, softPunishCache: buffer, lengths }) => ({
    rewards: overlong({ maximum, buffer, dialect: 'trl' }, lengths),
  }),
  '00-verifiers/overlong-dapo': ({ maxLen: maximum, buffer, factor, lengths }) => ({
    verl: overlong({ maximum, buffer, factor, dialect: 'verl' }, lengths),
    openrlhf: overlong({ maximum, buffer, factor, dialect: 'openrlhf' }, lengths),
  }),
  '00-verifiers/cosine-scaled': ({ maxLen: maximum, lengths, correct, ...levels }) => {
    const run = (dialect: string) =>
      list(
        shape(cosineLength, { maximum, dialect, ...levels }, correctColumn(correct), {
          length: columnOf(lengths),
        }),
      )
    return { trl: run('trl'), openR1: run('open-r1') }
  },
  '00-verifiers/length-kimi': ({ lengths, correct }) => ({
    rewards: list(
      shape(kimiLength, { within: 'batch', mode: 'replace' }, correctColumn(correct), {
        length: columnOf(lengths),
      }),
    ),
  }),
  '33-r1-reward/token-reward-with-kl': tokenRewards,
  '04-dler/difficulty-truncation': ({ passRates, thresholds, lengths }) => ({
    truncation: Array.from(difficultyLimits(Float64Array.from(passRates), thresholds, lengths)),
  }),
}
