import { describe, expect, it } from 'vitest'
import { findingOf, plantedRun, SMALL } from '../../../test/audit/planted-run.ts'
import { calibration } from './calibration.ts'

/** Right with a probability that is `excess` below the stated confidence. */
const run = (excess: number, size = {}) =>
  plantedRun(
    ({ quality, stream }) => {
      const confidence = 0.4 + 0.55 * stream.uniform()
      return {
        reward: quality,
        columns: { confidence, right: Number(stream.uniform() < confidence - excess) },
      }
    },
    { prompts: 16, ...size },
  )

describe('calibration', () => {
  it('fails confidence that is too high, passes confidence that is right', () => {
    const finding = findingOf(calibration, run(0.3), 'right')
    expect(finding).toMatchObject({ verdict: 'fail', column: 'confidence' })
    expect(finding.numbers.ece).toBeGreaterThan(0.2)
    expect(findingOf(calibration, run(0), 'right').verdict).toBe('pass')
  })

  it('is at most watch on small data', () => {
    expect(findingOf(calibration, run(0.35, { ...SMALL, rollouts: 8 }), 'right').verdict).toBe('watch')
  })

  it('needs a confidence and enough labels of two values', () => {
    const bare = run(0).map((row) => ({ ...row, columns: { right: row.columns.right! } }))
    expect(findingOf(calibration, bare, 'right').sentence).toBe(
      'Needs a column called confidence or probability.',
    )
    expect(findingOf(calibration, run(0, SMALL), 'right').sentence).toBe('Needs 200 held-back labels.')
  })
})
