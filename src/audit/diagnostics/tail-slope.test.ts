import { describe, expect, it } from 'vitest'
import { findingOf, plantedRun } from '../../../test/audit/planted-run.ts'
import { tailSlope } from './tail-slope.ts'

/** Beyond reward 0.5 quality falls as reward rises, when `bent`. */
const run = (bent: boolean, size = {}) =>
  plantedRun(
    ({ quality, stream }) => ({
      reward: quality,
      columns: {
        gold: (bent ? Math.min(quality, 0.8 - 1.5 * (quality - 0.5)) : quality) + 0.1 * stream.normal(),
      },
    }),
    { rollouts: 16, ...size },
  )

describe('tail-slope', () => {
  it('fails when the top tells quality no longer, passes when it does', () => {
    expect(findingOf(tailSlope, run(true), 'gold').verdict).toBe('fail')
    expect(findingOf(tailSlope, run(false), 'gold').verdict).toBe('pass')
  })

  it('is at most watch on small data', () => {
    expect(findingOf(tailSlope, run(true, { steps: 12, prompts: 4 }), 'gold').verdict).toBe('watch')
  })

  it('needs groups of eight and more than ten levels', () => {
    expect(findingOf(tailSlope, run(true, { rollouts: 4 }), 'gold').sentence).toBe(
      'Needs groups of at least eight labelled rollouts.',
    )
    const coarse = run(true).map((row) => ({ ...row, reward: Math.round(row.reward!) }))
    expect(findingOf(tailSlope, coarse, 'gold').sentence).toMatch(/ten levels|differs among the best/)
  })
})
