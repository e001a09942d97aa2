/** Choosing one answer from several samples: by majority, by the highest confidence, by confidence-weighted majority. */
import { GuerdonError } from '../records/error.ts'

export interface Vote {
  /** most frequent answer; of equals the one seen first */
  readonly majority: string
  /** answer with the highest single confidence; of equals the one seen first */
  readonly maxConfidence: string
  /** answer with the highest sum of confidences; of equals the one seen first */
  readonly weightedMajority: string
  /** sum of confidences by answer, in the order they were seen */
  readonly weights: ReadonlyMap<string, number>
}

function largest(scores: ReadonlyMap<string, number>): string {
  let best: string | undefined
  let bestScore = Number.NEGATIVE_INFINITY
  for (const [answer, score] of scores) {
    if (score > bestScore) {
      best = answer
      bestScore = score
    }
  }
  return best!
}

/**
 * The three votes over n answers of one prompt.
 * Source: RLCR (arXiv 2507.16806), section on test-time scaling; Wang et al. 2023 (self-consistency).
 * @throws GuerdonError ARGUMENT_INVALID for no answers, lists of different lengths, or confidences that are not finite
 *
 * @example confidenceVote(['A', 'B', 'B'], [0.9, 0.2, 0.3]).weightedMajority // 'A'
 */
export function confidenceVote(answers: readonly string[], confidence: ArrayLike<number>): Vote {
  if (answers.length === 0 || confidence.length !== answers.length) {
    throw new GuerdonError(
      'ARGUMENT_INVALID',
      `${answers.length} answers and ${confidence.length} confidences`,
      {
        expected: 'at least one answer and as many confidences',
      },
    )
  }
  const counts = new Map<string, number>()
  const weights = new Map<string, number>()
  const highest = new Map<string, number>()
  for (let index = 0; index < answers.length; index++) {
    const answer = answers[index]!
    const weight = confidence[index]!
    if (!Number.isFinite(weight)) {
      throw new GuerdonError('ARGUMENT_INVALID', `answer ${index} has the confidence ${weight}`, {
        expected: 'a finite number',
      })
    }
    counts.set(answer, (counts.get(answer) ?? 0) + 1)
    weights.set(answer, (weights.get(answer) ?? 0) + weight)
    highest.set(answer, Math.max(highest.get(answer) ?? Number.NEGATIVE_INFINITY, weight))
  }
  return {
    majority: largest(counts),
    maxConfidence: largest(highest),
    weightedMajority: largest(weights),
    weights,
  }
}
