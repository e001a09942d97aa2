/** Judges see a pair in random order beside human-labelled examples, several times each; their votes become a verdict. */
import type { RandomStream } from '../../numerics/random.ts'
import { type JudgeVotes, judgeAggregation, type Verdict } from './judge-aggregation.ts'
import { exchanged } from './recycle-discarded.ts'

/** What curation needs to know of a pair; the sides and the prompt may be texts, messages or features. */
export interface CurationPair {
  readonly id: string
  readonly chosen: unknown
  readonly rejected: unknown
  readonly source?: string
}

export interface JudgeRequest<Pair> {
  /** candidate 1 stands in `chosen`, candidate 2 in `rejected`, whatever the label says */
  readonly shown: Pair
  /** pairs that a person labelled, the better completion in `chosen`; at most eight */
  readonly examples: readonly Pair[]
  /** which of the samples of this judge it is, from 0 */
  readonly sample: number
}

/** Which candidate is better: 1, 2, or null for an answer that cannot be read. */
export type Judge<Pair> = (request: JudgeRequest<Pair>) => Verdict | Promise<Verdict>

/**
 * Asks every judge `samples` times about one pair, each time in an order drawn anew, and aggregates as
 * `judgeAggregation`: 1 means that the label stands. Source: paper 35, stage 1, step 4.
 */
export async function askJudges<Pair extends CurationPair>(
  pair: Pair,
  judges: readonly Judge<Pair>[],
  examples: readonly Pair[],
  samples: number,
  random: RandomStream,
): Promise<{ readonly judges: readonly JudgeVotes[]; readonly verdict: Verdict }> {
  const answers: JudgeVotes[] = []
  for (const judge of judges) {
    const swapped = Array.from({ length: samples }, () => random.below(2) === 1)
    const votes = await Promise.all(
      swapped.map((swap, sample) => judge({ shown: swap ? exchanged(pair) : pair, examples, sample })),
    )
    answers.push({ votes, swapped })
  }
  return { judges: answers, verdict: judgeAggregation(answers).verdict }
}
