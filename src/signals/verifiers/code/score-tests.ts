/** From how many tests passed to a reward. */
import { GuerdonError } from '../../../records/error.ts'

export const TEST_SCORES = ['pass-fail', 'partial', 'weighted', 'binary'] as const
export type TestScore = (typeof TEST_SCORES)[number]

/** Share above which `binary` counts a program as right. */
const binaryThreshold = 0.99
const weightOfShare = 0.1

/**
 * The reward of a program that passed some of its tests.
 *   pass-fail  1 if all passed, else 0
 *   partial    passed / total
 *   weighted   pass-fail + 0.1 · partial
 *   binary     1 if partial > 0.99, else 0
 * Source: open-r1 `competitive_programming/cf_scoring.py`, `rewards.py` (`binary_code_reward`).
 * @throws GuerdonError ARGUMENT_INVALID without tests, since nothing can be said then
 *
 * @example scoreTests(1, 2, 'weighted') // 0.05
 */
export function scoreTests(passed: number, total: number, mode: TestScore): number {
  if (!Number.isInteger(total) || total < 1 || !Number.isInteger(passed) || passed < 0 || passed > total) {
    throw new GuerdonError('ARGUMENT_INVALID', `${passed} of ${total} tests passed`, {
      expected: 'whole numbers with at least one test and no more passed than there are',
    })
  }
  const share = passed / total
  const all = passed === total ? 1 : 0
  if (mode === 'pass-fail') return all
  if (mode === 'partial') return share
  return mode === 'weighted' ? all + weightOfShare * share : share > binaryThreshold ? 1 : 0
}
