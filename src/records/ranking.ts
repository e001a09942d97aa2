/** A ranking: two or more completions of one prompt with a score or a rank each. */
import type { Text } from './rollout.ts'

export interface Ranking {
  readonly id: string
  readonly prompt: Text
  readonly completions: readonly Text[]
  /** one a completion, higher is better */
  readonly scores?: readonly number[]
  /** one a completion, lower is better; equal ranks are ties */
  readonly ranks?: readonly number[]
  /** who or what wrote each completion */
  readonly writers?: readonly string[]
  readonly category?: string
  /** the data set, or the layout when the row names none */
  readonly source: string
  readonly metadata?: Readonly<Record<string, unknown>>
}

/**
 * What to compare completions by, higher is better: the scores, else the ranks with their sign turned.
 *
 * @example rankingScores({ id: 'r', prompt: 'p', completions: ['a', 'b'], ranks: [2, 1], source: 's' }) // [-2, -1]
 */
export function rankingScores(ranking: Ranking): readonly number[] {
  return ranking.scores ?? ranking.ranks?.map((rank) => -rank) ?? []
}
