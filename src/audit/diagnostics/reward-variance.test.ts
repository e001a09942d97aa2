import { describe, expect, it } from 'vitest'
import { findingOf, plantedRun, SMALL } from '../../../test/audit/planted-run.ts'
import { rewardVariance } from './reward-variance.ts'

/** Answers to a prompt differ by `spread` as the mean rises. */
const run = (spread: (progress: number) => number, size = {}) =>
  plantedRun(
    ({ quality, progress, prompt }) => ({
      reward: spread(progress) * quality + 2 * progress + 0.1 * prompt,
    }),
    size,
  )

describe('reward-variance', () => {
  it('fails when answers cease to differ while reward rises, passes when they differ', () => {
    const finding = findingOf(
      rewardVariance,
      run((progress) => 1.02 - progress),
    )
    expect(
      findingOf(
        rewardVariance,
        run((progress) => (progress < 0.6 ? 1 : 0.05)),
      ).verdict,
    ).toBe('fail')
    expect(finding.numbers.left).toBeLessThan(0.5)
    expect(
      findingOf(
        rewardVariance,
        run(() => 1),
      ).verdict,
    ).toBe('pass')
  })

  it('is at most watch on small data', () => {
    expect(
      findingOf(
        rewardVariance,
        run((progress) => (progress < 0.6 ? 1 : 0.05), SMALL),
      ).verdict,
    ).toBe('watch')
  })

  it('needs several rollouts a prompt', () => {
    const alone = run(() => 1, { rollouts: 1, prompts: 60, named: false })
    expect(findingOf(rewardVariance, alone).sentence).toBe('Needs prompts with several rollouts.')
  })
})
