/** From the number of passed tests to a score. */

export const TEST_SCORES = ['pass-fail', 'partial', 'weighted', 'binary'] as const
export type TestScore = (typeof TEST_SCORES)[number]

/**
 * Score of p passed tests of n: pass-fail [p = n], partial p/n, weighted [p = n] + 0.1·p/n, binary [p/n > 0.99].
 * Range [0, 1], weighted [0, 1.1]. Source: open-r1, `score_submission` and `binary_code_reward`.
 *
 * @example scoreTests(1, 2, 'weighted') // 0.05
 */
export function scoreTests(passed: number, total: number, mode: TestScore): number {
  const share = passed / total
  switch (mode) {
    case 'pass-fail':
      return passed === total ? 1 : 0
    case 'partial':
      return share
    case 'weighted':
      return (passed === total ? 1 : 0) + 0.1 * share
    case 'binary':
      return share > 0.99 ? 1 : 0
  }
}
