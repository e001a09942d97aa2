/** Whether a judge prefers the answer it is shown first. */
import { fairBinomialTest } from './incomplete-beta.ts'

export type Winner = 'A' | 'B' | null

export interface PositionBias {
  readonly pairs: number
  /** pairs with a verdict missing in one order */
  readonly unreadable: number
  /** share of readable pairs with the same winner in both orders; null without any */
  readonly consistency: number | null
  /** how often the answer shown first wins, over both orders */
  readonly firstRate: number | null
  /** inconsistent pairs that went to the first answer both times */
  readonly inconsistentFirst: number
  readonly inconsistent: number
  /** exact two-sided binomial test on the inconsistent pairs */
  readonly p: number
}

/**
 * Judgements of pairs in both orders: `[winner with A shown first, winner with B shown first]`.
 *
 * @example positionBias([['A', 'B'], ['A', 'A']]).firstRate // 0.75
 */
export function positionBias(winners: readonly (readonly [Winner, Winner])[]): PositionBias {
  let readable = 0
  let consistent = 0
  let first = 0
  let inconsistentFirst = 0
  for (const [withAFirst, withBFirst] of winners) {
    if (withAFirst === null || withBFirst === null) continue
    readable++
    if (withAFirst === 'A') first++
    if (withBFirst === 'B') first++
    if (withAFirst === withBFirst) consistent++
    else if (withAFirst === 'A') inconsistentFirst++
  }
  const inconsistent = readable - consistent
  return {
    pairs: winners.length,
    unreadable: winners.length - readable,
    consistency: readable > 0 ? consistent / readable : null,
    firstRate: readable > 0 ? first / (2 * readable) : null,
    inconsistentFirst,
    inconsistent,
    p: fairBinomialTest(inconsistentFirst, inconsistent),
  }
}
