import { describe, expect, it } from 'vitest'
import { findingOf, plantedRun, SMALL } from '../../../test/audit/planted-run.ts'
import { divergence } from './divergence.ts'

/** Reward rises by two standard deviations, gold by `gain`. */
const run = (gain: number, size = {}) =>
  plantedRun(
    ({ quality, progress, stream }) => ({
      reward: quality + 2 * progress,
      columns: { gold: quality + gain * progress + 0.3 * stream.normal() },
    }),
    size,
  )

describe('divergence', () => {
  it('fails when gold falls while reward rises', () => {
    const finding = findingOf(divergence, run(-2), 'gold')
    expect(finding.verdict).toBe('fail')
    expect(finding.numbers.rewardEffect).toBeGreaterThan(1)
    expect(finding.rows.length).toBeGreaterThan(0)
  })

  it('watches when gold stands still, and passes when both rise', () => {
    expect(findingOf(divergence, run(0), 'gold').verdict).toBe('watch')
    expect(findingOf(divergence, run(2), 'gold').verdict).toBe('pass')
  })

  it('is at most watch on small data', () => {
    expect(findingOf(divergence, run(-2, SMALL), 'gold').verdict).toBe('watch')
  })

  it('needs a held-back column, steps, and labels at every step', () => {
    expect(findingOf(divergence, run(-2)).sentence).toBe('Needs a held-back column.')
    expect(findingOf(divergence, run(-2, { steps: 3 }), 'gold').sentence).toBe(
      'Needs at least five training steps.',
    )
    const gaps = run(-2).map((row) => (row.step === 4 ? { ...row, columns: {} } : row))
    expect(findingOf(divergence, gaps, 'gold').sentence).toBe('Needs held-back labels at every step.')
  })

  it('takes the order of whole groups as time where no steps are named', () => {
    const rows = run(-2).map((row) => ({ ...row, group: `${row.step} ${row.group}`, step: null }))
    const finding = findingOf(divergence, rows, 'gold')
    expect(finding).toMatchObject({ verdict: 'fail', step: null })
    expect(finding.sentence).toContain('The rows name no steps')
  })
})
