import { describe, expect, it } from 'vitest'
import { findingOf, plantedRun, SMALL } from '../../../test/audit/planted-run.ts'
import { lengthDrift } from './length-drift.ts'

/** Answers grow threefold and reward pays for it; gold changes by `gain`. */
const run = (gain: number, size = {}) =>
  plantedRun(({ quality, progress, stream }) => {
    const tokens = Math.round(50 * (1 + 2 * progress) * Math.exp(0.2 * stream.normal()))
    return {
      reward: 0.5 * quality + 2 * Math.log(tokens / 50),
      tokens,
      columns: { gold: quality + gain * progress },
    }
  }, size)

describe('length-drift', () => {
  it('fails when length and reward grow and gold does not', () => {
    const finding = findingOf(lengthDrift, run(-0.5), 'gold')
    expect(finding.verdict).toBe('fail')
    expect(finding.numbers.growth).toBeGreaterThan(2)
  })

  it('is a watch without a held-back column, and on small data', () => {
    expect(findingOf(lengthDrift, run(0)).verdict).toBe('watch')
    expect(findingOf(lengthDrift, run(-1, SMALL), 'gold').verdict).toBe('watch')
  })

  it('passes when gold grows with it, and when lengths stay', () => {
    expect(findingOf(lengthDrift, run(3), 'gold').verdict).toBe('pass')
    const even = run(0).map((row, index) => ({ ...row, tokens: 50 + (index % 7) }))
    expect(findingOf(lengthDrift, even).verdict).toBe('pass')
  })

  it('needs lengths', () => {
    const bare = run(0).map(({ tokens: _, ...row }) => row)
    expect(findingOf(lengthDrift, bare).sentence).toBe('Needs lengths (tokens or texts).')
  })
})
