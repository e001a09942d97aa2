import { describe, expect, it } from 'vitest'
import { findingOf, plantedRun, SMALL } from '../../../test/audit/planted-run.ts'
import { jump } from './jump.ts'

const run = (rise: (progress: number) => number, gold: number, size = {}) =>
  plantedRun(
    ({ quality, progress }) => ({
      reward: quality + rise(progress),
      columns: { gold: quality + gold * rise(progress) },
    }),
    { steps: 20, prompts: 16, ...size },
  )
const sudden = (progress: number): number => (progress < 0.5 ? 0 : 2.5)
const steady = (progress: number): number => 2.5 * progress

describe('jump', () => {
  it('fails a jump of reward that gold does not share, and names its step', () => {
    const finding = findingOf(jump, run(sudden, -0.2), 'gold')
    expect(finding).toMatchObject({ verdict: 'fail', column: 'reward' })
    expect(Math.abs(finding.step! - 10)).toBeLessThanOrEqual(1)
  })

  it('is a watch without a held-back column, and on small data', () => {
    const blind = run(sudden, 0).map((row) => ({ ...row, columns: {} }))
    expect(findingOf(jump, blind).verdict).toBe('watch')
    expect(findingOf(jump, run(sudden, 0, SMALL), 'gold').verdict).toBe('watch')
  })

  it('passes a steady rise, and a jump of quality', () => {
    expect(findingOf(jump, run(steady, 0), 'gold').verdict).toBe('pass')
    expect(findingOf(jump, run(sudden, 1), 'gold').verdict).toBe('pass')
  })

  it('needs steps, and numbers that vary', () => {
    expect(findingOf(jump, run(sudden, 0, { named: false }), 'gold').sentence).toBe(
      'Needs at least five training steps.',
    )
    const same = run(sudden, 0).map((row) => ({ ...row, reward: 1, columns: {} }))
    expect(findingOf(jump, same).sentence).toBe('Needs numbers that vary.')
  })
})
