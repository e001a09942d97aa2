/** How far the members of an ensemble order, and pick, the same replies: low agreement is underspecification. */
import { spearman } from './rank-correlation.ts'

/** scores[member][prompt] holds the scores of the prompt's replies */
export type MemberScores = readonly (readonly ArrayLike<number>[])[]

function pairwise(members: number, compare: (one: number, other: number) => number): Float64Array {
  const matrix = new Float64Array(members * members)
  for (let one = 0; one < members; one++) {
    matrix[one * members + one] = 1
    for (let other = one + 1; other < members; other++) {
      const value = compare(one, other)
      matrix[one * members + other] = value
      matrix[other * members + one] = value
    }
  }
  return matrix
}

/**
 * Spearman's correlation of each two members inside a prompt, averaged over prompts: M × M row-major, symmetric, in
 * [−1, 1], 1 on the diagonal. Prompts on which one of the two gives all replies one score are left out; NaN when none
 * is left. Source: paper 17, diagnostics of underspecification.
 *
 * @example rankAgreement([[[1, 2, 3]], [[3, 2, 1]]]) // [1, −1, −1, 1]
 */
export function rankAgreement(scores: MemberScores): Float64Array {
  return pairwise(scores.length, (one, other) => {
    let sum = 0
    let prompts = 0
    for (let prompt = 0; prompt < scores[one]!.length; prompt++) {
      const rho = spearman(scores[one]![prompt]!, scores[other]![prompt]!)
      if (Number.isNaN(rho)) continue
      sum += rho
      prompts++
    }
    return sum / prompts
  })
}

/**
 * Number of the reply with the highest score; of equals the first; −1 for no replies.
 *
 * @example bestReply([0, 2, 2]) // 1
 */
export function bestReply(scores: ArrayLike<number>): number {
  let best = -1
  for (let reply = 0; reply < scores.length; reply++) {
    if (best === -1 || scores[reply]! > scores[best]!) best = reply
  }
  return best
}

/**
 * Number of the best reply of each prompt, replies counted from 0 inside it.
 * @param counts replies of each prompt, in the order of the scores
 *
 * @example bestReplies(Float64Array.of(1, 5, 7, 2), [2, 2]) // [1, 0]
 */
export function bestReplies(scores: Float64Array, counts: ArrayLike<number>): Int32Array {
  const picks = new Int32Array(counts.length)
  let start = 0
  for (let prompt = 0; prompt < counts.length; prompt++) {
    picks[prompt] = bestReply(scores.subarray(start, start + counts[prompt]!))
    start += counts[prompt]!
  }
  return picks
}

/**
 * Share of prompts on which two members pick the same reply: M × M row-major, in [0, 1], NaN without prompts.
 *
 * @example pickAgreement([[[1, 2], [2, 1]], [[0, 9], [0, 9]]]) // [1, 0.5, 0.5, 1]
 */
export function pickAgreement(scores: MemberScores): Float64Array {
  const picks = scores.map((prompts) => prompts.map(bestReply))
  return pairwise(scores.length, (one, other) => {
    const same = picks[one]!.filter((pick, prompt) => pick === picks[other]![prompt]).length
    return same / picks[one]!.length
  })
}
