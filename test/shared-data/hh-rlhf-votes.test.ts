/** Paper 16 on HH-RLHF's harmless pairs: how many labels cross-fitted voters reject, and the table of 20 groups. */
import { describe, expect, it } from 'vitest'
import { present, realVotes } from '../../papers/16-secrets-rlhf-2/real-votes.ts'

if (!present) console.warn('skipped: HH-RLHF is not beside the repository')

describe.skipIf(!present)('voters on HH-RLHF', () => {
  it('reject a share of the labels, fewer than they accept', async () => {
    const { groups, rejected, marked } = await realVotes(100, 2)
    const pairs = groups.reduce((sum, group) => sum + group.pairs, 0)
    expect(groups).toHaveLength(20)
    expect(pairs).toBeGreaterThan(1300)
    expect(marked / pairs).toBeCloseTo(rejected, 12)
    expect(rejected).toBeGreaterThan(0.2)
    expect(rejected).toBeLessThan(0.5)
    for (let group = 1; group < 20; group++)
      expect(groups[group]!.mean).toBeGreaterThanOrEqual(groups[group - 1]!.mean)
  })
})
