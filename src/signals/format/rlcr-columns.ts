/**
 * The reward columns of RLCR's training code for one completion, with correctness by normalised string match. For
 * comparing runs with the authors' logs; a spec composes the same reward from `tagged-format`, `exact-match`,
 * `stated-confidence` and a scoring rule.
 */
import { properScore } from '../../numerics/proper-score.ts'
import { lastTagContent, normalizeAnswer } from '../verifiers/dialects/search-r1.ts'
import { confidenceNumber, monitoredConfidence } from './stated-confidence.ts'
import { hasTaggedFormat, type TaggedPattern } from './tagged-format.ts'

export interface RlcrColumns {
  readonly format: 0 | 1
  /** 0 when the format is wrong */
  readonly accuracy: 0 | 1
  /** 1 − (accuracy − confidence)², 0 when the format is wrong */
  readonly brier: number
  /** weighted sum of the three */
  readonly total: number
  readonly meanConfidence: number
  readonly confidenceOneOrZero: 0 | 1
}

export interface RlcrOptions {
  readonly pattern: TaggedPattern
  /** weights of format, accuracy and brier; the paper uses 0.5 each */
  readonly weights?: readonly [number, number, number]
  /** `accept` is the authors' code, where a confidence "nan" is well formed and its brier is NaN */
  readonly notANumber?: 'accept' | 'reject'
}

/**
 * The columns of one completion against its right answer.
 * Source: RLCR (arXiv 2507.16806), `reward_fns.py`.
 *
 * @example rlcrColumns('x</think><answer>4</answer><confidence>0.5</confidence>', '4', { pattern: 'tac' }).brier // 0.75
 */
export function rlcrColumns(
  completion: string,
  answer: string,
  { pattern, weights = [0.5, 0.5, 0.5], notANumber = 'reject' }: RlcrOptions,
): RlcrColumns {
  const { mean, extreme } = monitoredConfidence(completion)
  const monitored = { meanConfidence: mean, confidenceOneOrZero: extreme }
  if (!hasTaggedFormat(completion, pattern, { notANumber })) {
    return { format: 0, accuracy: 0, brier: 0, total: 0, ...monitored }
  }
  const given = lastTagContent(completion, 'answer')
  const accuracy = given !== undefined && normalizeAnswer(given) === normalizeAnswer(answer) ? 1 : 0
  const confidence = pattern.includes('c') ? (confidenceNumber(completion) ?? 0) : 0
  const brier = Number.isNaN(confidence) ? confidence : 1 + properScore('brier', accuracy, confidence)
  const total = weights[0] + weights[1] * accuracy + weights[2] * brier
  return { format: 1, accuracy, brier, total, ...monitored }
}
