import { describe, expect, it } from 'vitest'
import { findingOf, plantedRun } from '../../../test/audit/planted-run.ts'
import { distance } from './distance.ts'

/** Gold follows reward by `early` at the first step and `late` at the last. */
const run = (early: number, late: number, size = {}) =>
  plantedRun(
    ({ quality, progress, stream }) => ({
      reward: quality,
      columns: { gold: (early + (late - early) * progress) * quality + 0.5 * stream.normal() },
    }),
    size,
  )

describe('distance', () => {
  it('fails when late answers are ordered no longer, passes when the order stays', () => {
    expect(findingOf(distance, run(1, -0.3), 'gold').verdict).toBe('fail')
    expect(findingOf(distance, run(1, 1), 'gold').verdict).toBe('pass')
  })

  it('is at most watch on small data', () => {
    expect(findingOf(distance, run(1, -1.2, { prompts: 7, rollouts: 4 }), 'gold').verdict).toBe('watch')
  })

  it('tells a reversed order without steps from noisy labels', () => {
    expect(findingOf(distance, run(-1, -1, { named: false }), 'gold').verdict).toBe('fail')
    expect(findingOf(distance, run(0, 0, { named: false }), 'gold').verdict).toBe('watch')
    expect(findingOf(distance, run(0.3, 0.3, { named: false }), 'gold').verdict).toBe('pass')
  })

  it('needs labels that differ', () => {
    const same = run(1, 1).map((row) => ({ ...row, columns: { gold: 1 } }))
    expect(findingOf(distance, same, 'gold').sentence).toBe(
      'Needs rewards and held-back labels that differ inside 20 prompts.',
    )
  })
})
