/** Whether a label stands: two reward models, and judges where the better of them doubts. */
import { GuerdonError } from '../../records/error.ts'
import { checkProbability } from './adaptive-k.ts'

export interface ConsistencyDecision {
  /** whether the judges have to be asked: p_best ≤ ½ */
  readonly needsJudge: boolean
  readonly action: 'keep' | 'discard'
}

export interface ConsistencyFilter {
  readonly decisions: readonly ConsistencyDecision[]
  /** positions of the kept pairs */
  readonly kept: Int32Array
  /** positions of the discarded pairs: those that may be recycled with chosen and rejected exchanged */
  readonly recycled: Int32Array
}

/**
 * Keeps pair i iff p_gold > ½ and (p_best > ½ or the judges agree with the original label); both p are confidences in
 * the original label, exactly ½ counts as disagreement, judges that gave no verdict (null) do not agree.
 * Source: paper 35, stage 2.
 *
 * @throws GuerdonError ARGUMENT_INVALID for lists of unequal length or a p outside [0, 1]
 * @example consistencyFilter([0.9, 0.4], [0.3, 0.9], [true, null]).kept // Int32Array [0]
 */
export function consistencyFilter(
  pGold: ArrayLike<number>,
  pBest: ArrayLike<number>,
  judgeAgrees: ArrayLike<boolean | null>,
): ConsistencyFilter {
  const size = pGold.length
  if (pBest.length !== size || judgeAgrees.length !== size) {
    throw new GuerdonError('ARGUMENT_INVALID', 'every pair needs two confidences and a verdict or null', {
      found: `${size}, ${pBest.length} and ${judgeAgrees.length}`,
    })
  }
  const decisions: ConsistencyDecision[] = []
  const kept: number[] = []
  const recycled: number[] = []
  for (let pair = 0; pair < size; pair++) {
    checkProbability(pGold[pair]!, `p_gold of pair ${pair}`)
    checkProbability(pBest[pair]!, `p_best of pair ${pair}`)
    const needsJudge = pBest[pair]! <= 0.5
    const stands = pGold[pair]! > 0.5 && (!needsJudge || judgeAgrees[pair] === true)
    decisions.push({ needsJudge, action: stands ? 'keep' : 'discard' })
    ;(stands ? kept : recycled).push(pair)
  }
  return { decisions, kept: Int32Array.from(kept), recycled: Int32Array.from(recycled) }
}
