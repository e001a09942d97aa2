/** One verdict out of many votes: several samples of several judges, candidates shown in random order. */
import { GuerdonError } from '../../records/error.ts'

/** 1: the first candidate is better, 2: the second, null: no verdict. */
export type Verdict = 1 | 2 | null

export interface JudgeVotes {
  /** what the judge said of the candidates as it saw them; null where the answer could not be read */
  readonly votes: readonly Verdict[]
  /** whether the candidates were shown in exchanged order, vote by vote */
  readonly swapped: readonly boolean[]
}

/** The verdict that more votes were given for; null when both have as many. */
function majority(votes: Iterable<Verdict>): Verdict {
  let lead = 0
  for (const vote of votes) lead += vote === 1 ? 1 : vote === 2 ? -1 : 0
  return lead > 0 ? 1 : lead < 0 ? 2 : null
}

/**
 * Undoes the exchanged order, takes each judge's majority over its readable votes (equal counts: it abstains), then the
 * majority of the judges that do not abstain (equal counts: no verdict).
 * Source: paper 35, stage 1, preference-aware labelling by self-consistency.
 *
 * @throws GuerdonError ARGUMENT_INVALID when votes and orders differ in number, or for a vote that is not 1, 2 or null
 * @example judgeAggregation([{ votes: [1, 1, 2], swapped: [false, false, true] }]) // { perModel: [1], verdict: 1 }
 */
export function judgeAggregation(judges: readonly JudgeVotes[]): {
  readonly perModel: readonly Verdict[]
  readonly verdict: Verdict
} {
  const perModel = judges.map(({ votes, swapped }, judge) => {
    if (votes.length !== swapped.length) {
      throw new GuerdonError('ARGUMENT_INVALID', `judge ${judge} needs an order for each vote`, {
        found: `${votes.length} votes, ${swapped.length} orders`,
      })
    }
    return majority(
      votes.map((vote, index) => {
        if (vote !== 1 && vote !== 2 && vote !== null) {
          throw new GuerdonError('ARGUMENT_INVALID', `vote ${index} of judge ${judge} cannot be counted`, {
            found: vote,
            expected: '1, 2 or null',
          })
        }
        return vote === null || !swapped[index] ? vote : vote === 1 ? 2 : 1
      }),
    )
  })
  return { perModel, verdict: majority(perModel) }
}
