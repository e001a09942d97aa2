/**
 * Advantage filter: whitens the advantages of the whole batch together and sets those beyond three standard
 * deviations to 0, so that a nearly unanimous batch cannot push one rollout very far. With binary rewards it removes
 * every failure where more than 90 % succeed, and every success where fewer than 10 % do: the evidence counts the
 * filtered entries on either side. Source: paper 33 (R1-Reward, StableReinforce).
 */
import { z } from 'zod'
import { defineAdvantage } from '../kinds/advantage.ts'
import { normalisedAgain } from '../kinds/trainer-sentences.ts'
import { copyColumn } from '../records/column.ts'
import { innerResult } from './advantage-columns.ts'

const SMALLEST_VARIANCE = 1e-8
/** The released code adds this to every whitened advantage, and drops what still exceeds the limit. */
const RELEASED_OFFSET = 1e-8
const RELEASED_LIMIT = 10

export interface SigmaFilterOptions {
  /** largest distance from the mean that is kept, in standard deviations */
  readonly bound: number
  /**
   * `described`: bounds ±bound on the whitened advantage; `released`: bounds mean ± bound around the mean of the raw
   * advantages, as the authors' code has it, which cuts on one side when the mean is not 0
   */
  readonly bounds: 'described' | 'released'
}

export interface FilteredAdvantages {
  readonly advantages: Float64Array
  readonly mean: number
  readonly inverseDeviation: number
  /** entries set to 0 below and above the mean, and all valid entries */
  readonly filteredBelow: number
  readonly filteredAbove: number
  readonly count: number
}

/**
 * z = (A − mean) / √max(variance, 1e-8) over all valid entries (biased variance), then 0 where z lies beyond the
 * bounds. Invalid entries get 0 and do not count.
 * Source: paper 33, equation of the advantage filter; openrlhf/trainer/ppo_utils/replay_buffer.py `normalize`.
 *
 * @example sigmaFilteredAdvantages(Float64Array.of(1, -1), Uint8Array.of(1, 1), { bound: 3, bounds: 'described' }).advantages
 *   // [1, −1]
 */
export function sigmaFilteredAdvantages(
  advantages: Float64Array,
  valid: Uint8Array,
  { bound, bounds }: SigmaFilterOptions,
): FilteredAdvantages {
  let count = 0
  let sum = 0
  for (let entry = 0; entry < advantages.length; entry++) {
    if (valid[entry] === 0) continue
    count++
    sum += advantages[entry]!
  }
  const mean = count === 0 ? 0 : sum / count
  let squares = 0
  for (let entry = 0; entry < advantages.length; entry++) {
    if (valid[entry] === 1) squares += (advantages[entry]! - mean) ** 2
  }
  const inverseDeviation = 1 / Math.sqrt(Math.max(count === 0 ? 0 : squares / count, SMALLEST_VARIANCE))
  const centre = bounds === 'released' ? mean : 0
  const offset = bounds === 'released' ? RELEASED_OFFSET : 0
  const limit = bounds === 'released' ? RELEASED_LIMIT : Number.POSITIVE_INFINITY
  const filtered = new Float64Array(advantages.length)
  let filteredBelow = 0
  let filteredAbove = 0
  for (let entry = 0; entry < advantages.length; entry++) {
    if (valid[entry] === 0) continue
    const whitened = (advantages[entry]! - mean) * inverseDeviation + offset
    if (whitened < centre - bound || whitened > centre + bound || Math.abs(whitened) > limit) {
      if (whitened < 0) filteredBelow++
      else filteredAbove++
    } else filtered[entry] = whitened
  }
  return { advantages: filtered, mean, inverseDeviation, filteredBelow, filteredAbove, count }
}

export const sigmaFilter = defineAdvantage({
  name: 'sigma-filter',
  summary: 'Whitens another advantage over the batch and sets entries beyond three standard deviations to 0.',
  paper: {
    slug: '33-r1-reward',
    title: 'R1-Reward: Training Multimodal Reward Model Through Stable Reinforcement Learning',
    source: 'StableReinforce, advantage filter; replay_buffer.py normalize',
  },
  formula: 'z = (A − mean) / std over the batch; 0 where |z| > bound',
  range: '[−bound, bound] with `described`',
  aliases: [
    'stablereinforce',
    '3-sigma filter',
    'advantage filter',
    'stable-reinforce',
    'three sigma rule',
    'r1-reward',
  ],
  scope: 'batch',
  takes: 'rollout',
  grain: 'rollout',
  over: 'one',
  parameters: z.object({
    bound: z.number().positive().default(3).describe('largest distance kept, in standard deviations'),
    bounds: z
      .enum(['described', 'released'])
      .default('described')
      .describe('around 0 as the paper says, or around the mean of the raw advantages as its code does'),
  }),
  warnings: normalisedAgain,
  // Wrappers are shown around the reward minus the mean of its group.
  examples: [
    {
      title: 'one failure of twelve lies 3.3 standard deviations away',
      input: { column: [0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1] },
      result: [0, ...Array.from({ length: 11 }, () => 0.301511)],
      tolerance: 1e-6,
    },
  ],
  apply(input, options) {
    const inner = innerResult(input, 'sigma-filter')
    const result = sigmaFilteredAdvantages(inner.advantages.values, inner.advantages.valid, options)
    const advantages = copyColumn(inner.advantages)
    advantages.values.set(result.advantages)
    const share = (filtered: number) => (result.count === 0 ? 0 : filtered / result.count)
    return {
      ...inner,
      advantages,
      evidence: {
        ...inner.evidence,
        mean: result.mean,
        inverseDeviation: result.inverseDeviation,
        filteredShare: share(result.filteredBelow + result.filteredAbove),
        filteredShareBelow: share(result.filteredBelow),
        filteredShareAbove: share(result.filteredAbove),
      },
    }
  },
})
