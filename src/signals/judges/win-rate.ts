/**
 * Win rates of a group's members from pairwise verdicts: the share of its comparisons that a member wins, a tie
 * counting half. Range [0, 1]; before rounding the mean over a group that was compared completely is ½.
 * Source: paper 05 (Pref-GRPO), fastvideo/rewards/unifiedreward_*.py `_pairwise_win_rate`.
 */
import { GuerdonError } from '../../records/error.ts'
import type { FlexJudgement, Verdict } from './pairwise-verdict.ts'

/** Members `first` and `second` (from 0) were compared; the verdict names one of them or neither. */
export interface Comparison {
  readonly first: number
  readonly second: number
  readonly verdict: Verdict
}

export interface FlexComparison {
  readonly first: number
  readonly second: number
  /** undefined when the judge's answer could not be read */
  readonly judgement: FlexJudgement | undefined
}

/** Rounds to three decimals as Python does: to the nearest, and a true tie to the even digit. */
function roundThousandths(value: number): number {
  const sixteenths = value * 16
  // Only odd multiples of 1/16 lie exactly between two thousandths.
  if (Number.isInteger(sixteenths) && sixteenths % 2 !== 0) {
    const below = Math.floor(value * 1000)
    return (below % 2 === 0 ? below : below + 1) / 1000
  }
  return Number(value.toFixed(3))
}

class Tally {
  readonly wins: Float64Array
  readonly compared: Float64Array

  constructor(members: number) {
    this.wins = new Float64Array(members)
    this.compared = new Float64Array(members)
  }

  count(first: number, second: number, verdict: Verdict): void {
    this.compared[first]!++
    this.compared[second]!++
    this.wins[first]! += verdict === null ? 0.5 : verdict === 1 ? 1 : 0
    this.wins[second]! += verdict === null ? 0.5 : verdict === 2 ? 1 : 0
  }

  /** Wins per comparison, 0 for a member that was never compared. */
  rate(member: number): number {
    return this.wins[member]! / Math.max(this.compared[member]!, 1)
  }
}

function checkMember(member: number, members: number): void {
  if (!Number.isInteger(member) || member < 0 || member >= members) {
    throw new GuerdonError('ARGUMENT_INVALID', `there is no member ${member}`, {
      expected: `a whole number from 0 to ${members - 1}`,
    })
  }
}

/**
 * Win rate of each of a group's members, rounded to three decimals (`decimals: 3`, the published form) or exact.
 * A tie or an unreadable verdict gives both half a win; a member without comparisons gets 0.
 *
 * @throws GuerdonError ARGUMENT_INVALID for a member outside the group
 * @example pairwiseWinRates(3, [{ first: 0, second: 1, verdict: 1 }, { first: 0, second: 2, verdict: null },
 *   { first: 1, second: 2, verdict: 2 }]) // [0.75, 0, 0.75]
 */
export function pairwiseWinRates(
  members: number,
  comparisons: readonly Comparison[],
  { decimals }: { readonly decimals?: 3 } = {},
): Float64Array {
  const tally = new Tally(members)
  for (const { first, second, verdict } of comparisons) {
    checkMember(first, members)
    checkMember(second, members)
    tally.count(first, second, verdict)
  }
  return Float64Array.from({ length: members }, (_, member) =>
    decimals === 3 ? roundThousandths(tally.rate(member)) : tally.rate(member),
  )
}

export interface FlexOptions {
  readonly overallWeight: number
  readonly dimensionWeight: number
  /** weights of the categories in order of their first appearance; missing ones are 1 */
  readonly categoryWeights?: readonly number[] | null
  /**
   * published: the code's two slips are kept (the weight of the dimensions becomes that of the last category, and a
   * category named `overall` counts into the overall win rate); fixed: neither
   */
  readonly dialect: 'published' | 'fixed'
}

export interface FlexWinRates {
  /** (W_o · overall + W_d · dimension mean) / (W_o + W_d), or the overall win rate where no category was compared */
  readonly reward: Float64Array
  readonly overall: Float64Array
  /** weighted mean of the category win rates */
  readonly dimensionMean: Float64Array
  readonly hasDimension: boolean[]
}

/**
 * Win rates with categories that the judge chose, each rate and mean rounded to three decimals.
 *
 * @throws GuerdonError ARGUMENT_INVALID for a member outside the group
 */
export function flexWinRates(
  members: number,
  comparisons: readonly FlexComparison[],
  { overallWeight, dimensionWeight, categoryWeights, dialect }: FlexOptions,
): FlexWinRates {
  const whole = new Tally(members)
  const categories = new Map<string, Tally>()
  for (const { first, second, judgement } of comparisons) {
    checkMember(first, members)
    checkMember(second, members)
    whole.count(first, second, judgement?.winner ?? null)
    for (const { name, winner } of judgement?.categories ?? []) {
      if (dialect === 'published' && name === 'overall') {
        whole.count(first, second, winner)
        continue
      }
      let tally = categories.get(name)
      if (tally === undefined) {
        tally = new Tally(members)
        categories.set(name, tally)
      }
      tally.count(first, second, winner)
    }
  }
  const tallies = [...categories.values()]
  const weights = tallies.map((_, index) => categoryWeights?.[index] ?? 1)
  const weightOfDimensions = dialect === 'published' ? (weights.at(-1) ?? dimensionWeight) : dimensionWeight
  const overall = Float64Array.from({ length: members }, (_, member) => roundThousandths(whole.rate(member)))
  const dimensionMean = new Float64Array(members)
  const hasDimension: boolean[] = []
  const reward = new Float64Array(members)
  for (let member = 0; member < members; member++) {
    const mean = categoryMean(tallies, weights, member)
    hasDimension.push(mean !== undefined)
    dimensionMean[member] = mean === undefined ? 0 : roundThousandths(mean)
    reward[member] =
      mean !== undefined && weightOfDimensions > 0
        ? (overallWeight * overall[member]! + weightOfDimensions * dimensionMean[member]!) /
          (overallWeight + weightOfDimensions)
        : overall[member]!
  }
  return { reward, overall, dimensionMean, hasDimension }
}

/** Mean of a member's category win rates, plain where its weights do not add up to anything; undefined without any. */
function categoryMean(
  tallies: readonly Tally[],
  weights: readonly number[],
  member: number,
): number | undefined {
  let count = 0
  let sum = 0
  let weighted = 0
  let total = 0
  for (let index = 0; index < tallies.length; index++) {
    const tally = tallies[index]!
    if (tally.compared[member] === 0) continue
    count++
    sum += tally.rate(member)
    weighted += weights[index]! * tally.rate(member)
    total += weights[index]!
  }
  if (count === 0) return undefined
  return total > 0 ? weighted / total : sum / count
}
