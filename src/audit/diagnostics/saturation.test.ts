import { describe, expect, it } from 'vitest'
import { findingOf, plantedRun, SMALL } from '../../../test/audit/planted-run.ts'
import { saturation } from './saturation.ts'

const run = (right: (progress: number) => number, size = {}) =>
  plantedRun(({ stream, progress }) => ({ reward: Number(stream.uniform() < right(progress)) }), size)

describe('saturation', () => {
  it('fails when nearly every prompt loses its gradient, passes when some do', () => {
    const finding = findingOf(
      saturation,
      run((progress) => (progress < 0.5 ? 0.5 : 1)),
    )
    expect(finding.verdict).toBe('fail')
    expect(finding.numbers.atTop).toBe(1)
    expect(
      findingOf(
        saturation,
        run((progress) => 0.4 + 0.5 * progress),
      ).verdict,
    ).toBe('pass')
  })

  it('is at most watch on small data', () => {
    expect(
      findingOf(
        saturation,
        run((progress) => (progress < 0.5 ? 0.5 : 1), SMALL),
      ).verdict,
    ).toBe('watch')
  })

  it('does not blame a verifier for pairs that agree by chance', () => {
    const pairs = run(() => 0.9, { rollouts: 2, steps: 40, named: false })
    const finding = findingOf(saturation, pairs)
    expect(finding.numbers.share).toBeGreaterThan(0.7)
    expect(finding.verdict).toBe('pass')
  })

  it('fails one fixed set of prompts that are solved or hopeless', () => {
    const rows = plantedRun(({ prompt }) => ({ reward: prompt % 2 }), { named: false })
    expect(findingOf(saturation, rows).verdict).toBe('fail')
  })

  it('needs several rollouts a prompt', () => {
    expect(
      findingOf(
        saturation,
        run(() => 0.5, { rollouts: 1, prompts: 60, named: false }),
      ).sentence,
    ).toBe('Needs prompts with several rollouts.')
  })
})
