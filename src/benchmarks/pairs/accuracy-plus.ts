/** Accuracy by pair, and by question. */
import { GuerdonError } from '../../records/error.ts'

export interface AccuracyAndPlus {
  readonly pairs: number
  readonly questions: number
  /** ACC: share of pairs whose chosen completion has the higher reward; a tie is wrong */
  readonly accuracy: number
  /** ACC+: share of questions all of whose pairs are right; falls with the number of pairs a question has */
  readonly accuracyPlus: number
}

/**
 * ACC and ACC+ of MM-RLHF-RewardBench.
 * Source: Kwai-YuanQi/MM-RLHF, llava/eval/cal_performance_mmreweard_bench.py.
 * @param questions the question of each pair
 * @throws GuerdonError ARGUMENT_INVALID for no pairs or lists of different lengths
 *
 * @example accuracyAndPlus(['a', 'a', 'b'], [1, 0, 1], [0, 1, 0]).accuracyPlus // 0.5
 */
export function accuracyAndPlus(
  questions: readonly (string | number)[],
  chosen: ArrayLike<number>,
  rejected: ArrayLike<number>,
): AccuracyAndPlus {
  const pairs = questions.length
  if (pairs === 0 || chosen.length !== pairs || rejected.length !== pairs) {
    throw new GuerdonError(
      'ARGUMENT_INVALID',
      `${pairs} questions with ${chosen.length} and ${rejected.length} rewards`,
      { expected: 'at least one pair, with a question and two rewards each' },
    )
  }
  const allRight = new Map<string | number, boolean>()
  let right = 0
  for (let pair = 0; pair < pairs; pair++) {
    const isRight = chosen[pair]! > rejected[pair]!
    if (isRight) right++
    allRight.set(questions[pair]!, isRight && (allRight.get(questions[pair]!) ?? true))
  }
  const whole = [...allRight.values()].filter(Boolean).length
  return { pairs, questions: allRight.size, accuracy: right / pairs, accuracyPlus: whole / allRight.size }
}
