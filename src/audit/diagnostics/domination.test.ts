import { describe, expect, it } from 'vitest'
import { findingOf, plantedRun } from '../../../test/audit/planted-run.ts'
import { domination } from './domination.ts'

/** `form` grows to nine of ten; the chance of being right changes by `gain`. */
const run = (gain: number, size = {}) =>
  plantedRun(({ stream, progress }) => {
    const right = Number(stream.uniform() < 0.5 + gain * progress)
    const form = Number(stream.uniform() < 0.1 + 0.8 * progress)
    return { reward: right + form, columns: { right, form } }
  }, size)

describe('domination', () => {
  it('fails when a component rises while another falls', () => {
    const finding = findingOf(domination, run(-0.4))
    expect(finding).toMatchObject({ verdict: 'fail', column: 'form' })
    expect(finding.numbers.weight).toBeCloseTo(1, 6)
    expect(finding.sentence).toContain('`right` falls')
  })

  it('passes when the others rise too', () => {
    expect(findingOf(domination, run(0.3)).verdict).toBe('pass')
  })

  it('is at most watch on small data', () => {
    expect(findingOf(domination, run(-0.45, { steps: 12, prompts: 4 })).verdict).toBe('watch')
  })

  it('needs components', () => {
    const bare = run(0).map((row) => ({ ...row, columns: {} }))
    expect(findingOf(domination, bare).sentence).toBe('Needs the reward’s components as columns.')
    const one = run(0).map((row) => ({ ...row, columns: { right: row.columns.right! } }))
    expect(findingOf(domination, one).sentence).toBe('Needs at least two components that vary.')
  })
})
