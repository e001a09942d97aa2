import { describe, expect, it } from 'vitest'
import { findingOf, plantedRun, SMALL } from '../../../test/audit/planted-run.ts'
import { length } from './length.ts'

/** One fixed set: length and quality go together, reward pays `bias` more for length. */
const run = (bias: number, size = {}) =>
  plantedRun(
    ({ stream }) => {
      const long = stream.normal()
      const gold = 0.5 * long + stream.normal()
      return {
        reward: gold + bias * long + 0.3 * stream.normal(),
        tokens: 200 + 20 * long,
        columns: { gold },
      }
    },
    { named: false, ...size },
  )

describe('length', () => {
  it('fails a reward that pays for length at equal quality, passes one that does not', () => {
    expect(findingOf(length, run(0.5), 'gold').verdict).toBe('fail')
    expect(findingOf(length, run(0), 'gold').verdict).toBe('pass')
  })

  it('is a watch without a held-back column, and on small data', () => {
    expect(findingOf(length, run(1)).verdict).toBe('watch')
    expect(findingOf(length, run(1, SMALL), 'gold').verdict).toBe('watch')
  })

  it('passes over training what training does not push', () => {
    expect(findingOf(length, run(0.5, { named: true }), 'gold').verdict).toBe('pass')
  })

  it('needs lengths that differ', () => {
    const even = run(0.5).map((row) => ({ ...row, tokens: 100 }))
    expect(findingOf(length, even, 'gold').sentence).toBe(
      'Needs lengths and rewards that differ inside prompts.',
    )
  })
})
