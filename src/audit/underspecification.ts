/**
 * Whether the members of an ensemble that agree on ordinary completions still agree on those that optimisation picks.
 * Source: paper 17, diagnostics of underspecification.
 */
import { bestReply, type MemberScores, pickAgreement, rankAgreement } from '../numerics/member-agreement.ts'
import { spearman } from '../numerics/rank-correlation.ts'
import { GuerdonError } from '../records/error.ts'

export interface UnderspecificationOptions {
  /** which pretraining each member starts from, any labels; all different unless told */
  readonly families?: readonly (number | string)[]
  /** sizes of best-of-n; 1, 2, 4, … up to all replies unless told */
  readonly sizes?: readonly number[]
  /** how much agreement may fall from the smallest to the largest size; 0.1 unless told */
  readonly tolerance?: number
}

export interface UnderspecificationPoint {
  /** replies that the members' mean picks from: the first n of each prompt */
  readonly n: number
  /** Spearman's correlation of two members over the picked replies of all prompts, averaged over pairs of members */
  readonly agreement: number
  /** share of prompts on which two members would pick the same reply, averaged over pairs */
  readonly samePick: number
  /** standard deviation of the members on the picked replies, averaged over prompts */
  readonly deviation: number
}

export interface Underspecification {
  readonly curve: readonly UnderspecificationPoint[]
  /** rank agreement inside prompts, averaged over pairs of members of one family and of two; null without such pairs */
  readonly sameFamily: number | null
  readonly otherFamily: number | null
  /** M × M row-major: mean score of member B (column) on the replies that A (row) picks from all */
  readonly transfer: Float64Array
  /** agreement falls along the curve by more than the tolerance */
  readonly falls: boolean
  readonly sentence: string
}

/**
 * Every member is standardised over all its scores first, and scores are centred inside prompts before agreement on
 * picks is measured, since a reward is only known up to a constant of the prompt.
 *
 * @param scores scores[member][prompt]: the replies of a prompt in the order in which they were sampled
 * @throws GuerdonError ARGUMENT_INVALID for fewer than two members, members with other prompts or replies, fewer than
 *   three prompts, a score that is not finite, or members with constant scores
 */
export function underspecification(
  scores: MemberScores,
  options: UnderspecificationOptions = {},
): Underspecification {
  const members = standardised(scores)
  const centred = members.map((prompts) => prompts.map(centre))
  const prompts = members[0]!.length
  const least = Math.min(...members[0]!.map(({ length }) => length))
  const sizes = options.sizes ?? powersUpTo(least)
  const { families = members.map((_, member) => member), tolerance = 0.1 } = options
  if (families.length !== members.length || sizes.some((n) => !(Number.isInteger(n) && n >= 1 && n <= least)))
    throw new GuerdonError('ARGUMENT_INVALID', 'these options do not fit the scores', {
      expected: `a family for each of ${members.length} members, and sizes from 1 to ${least}`,
      found: { families: families.length, sizes },
    })
  const curve = sizes.map((n) => {
    const picks = Array.from({ length: prompts }, (_, prompt) =>
      bestReply(Float64Array.from({ length: n }, (_, reply) => meanOf(members, prompt, reply))),
    )
    const picked = centred.map((own) => Float64Array.from(picks, (reply, prompt) => own[prompt]![reply]!))
    return {
      n,
      agreement: meanPair(members.length, (one, other) => spearman(picked[one]!, picked[other]!)),
      samePick: meanOffDiagonal(
        pickAgreement(members.map((own) => own.map((replies) => replies.subarray(0, n)))),
        members.length,
      ),
      deviation: picks.reduce((sum, reply, prompt) => sum + deviationOf(members, prompt, reply), 0) / prompts,
    }
  })
  const ranks = rankAgreement(members)
  const between = (same: boolean): number | null => {
    const values: number[] = []
    for (let one = 0; one < members.length; one++)
      for (let other = 0; other < one; other++)
        if ((families[one] === families[other]) === same) values.push(ranks[one * members.length + other]!)
    return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
  }
  const transfer = new Float64Array(members.length ** 2)
  members.forEach((own, row) => {
    own.forEach((replies, prompt) => {
      const pick = bestReply(replies)
      members.forEach((other, column) => {
        transfer[row * members.length + column]! += other[prompt]![pick]! / prompts
      })
    })
  })
  const [first, last] = [curve[0]!, curve.at(-1)!]
  const falls = first.agreement - last.agreement > tolerance
  const numbers = `from ${first.agreement.toFixed(2)} at best of ${first.n} to ${last.agreement.toFixed(2)} at best of ${last.n}`
  return {
    curve,
    sameFamily: between(true),
    otherFamily: between(false),
    transfer,
    falls,
    sentence: falls
      ? `The members agree less the harder one of them is optimised: ${numbers}.`
      : `The members keep agreeing on what optimisation picks: ${numbers}.`,
  }
}

function standardised(scores: MemberScores): Float64Array[][] {
  const [first] = scores
  const fits = scores.every(
    (prompts) =>
      prompts.length === first!.length &&
      prompts.every((replies, prompt) => replies.length === first![prompt]!.length && replies.length > 0),
  )
  if (scores.length < 2 || !fits || first!.length < 3)
    throw new GuerdonError('ARGUMENT_INVALID', 'these are no scores of an ensemble', {
      expected: 'at least two members and three prompts, with the same replies for all members',
      found: { members: scores.length, prompts: first?.length ?? 0 },
    })
  return scores.map((prompts) => {
    const all = prompts.flatMap((replies) => Array.from(replies))
    if (!all.every(Number.isFinite))
      throw new GuerdonError('ARGUMENT_INVALID', 'a member has a score that is not finite')
    const mean = all.reduce((sum, score) => sum + score, 0) / all.length
    const spread = Math.sqrt(all.reduce((sum, score) => sum + (score - mean) ** 2, 0) / all.length)
    return prompts.map((replies) =>
      Float64Array.from(replies, (score) => (score - mean) / (spread < 1e-8 ? 1 : spread)),
    )
  })
}

const powersUpTo = (most: number): number[] => {
  const sizes: number[] = []
  for (let n = 1; n <= most; n *= 2) sizes.push(n)
  return sizes
}

const centre = (values: Float64Array): Float64Array => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return values.map((value) => value - mean)
}

const meanOf = (members: readonly Float64Array[][], prompt: number, reply: number): number =>
  members.reduce((sum, own) => sum + own[prompt]![reply]!, 0) / members.length

function deviationOf(members: readonly Float64Array[][], prompt: number, reply: number): number {
  const mean = meanOf(members, prompt, reply)
  return Math.sqrt(members.reduce((sum, own) => sum + (own[prompt]![reply]! - mean) ** 2, 0) / members.length)
}

/** Mean over pairs of members; pairs without a correlation (constant scores) are left out. */
function meanPair(members: number, compare: (one: number, other: number) => number): number {
  let sum = 0
  let count = 0
  for (let one = 0; one < members; one++)
    for (let other = 0; other < one; other++) {
      const value = compare(one, other)
      if (Number.isNaN(value)) continue
      sum += value
      count++
    }
  if (count === 0)
    throw new GuerdonError('ARGUMENT_INVALID', 'no two members have scores that can be ranked', {
      hint: 'A member that gives every reply the same score cannot agree with another',
    })
  return sum / count
}

const meanOffDiagonal = (matrix: Float64Array, size: number): number =>
  meanPair(size, (one, other) => matrix[one * size + other]!)
