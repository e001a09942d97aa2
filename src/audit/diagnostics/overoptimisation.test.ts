import { describe, expect, it } from 'vitest'
import { findingOf, plantedRun, SMALL } from '../../../test/audit/planted-run.ts'
import { overoptimisation } from './overoptimisation.ts'

/** Reward is quality and an exploit that costs quality `harm` a unit. */
const run = (harm: number, size = {}) =>
  plantedRun(({ quality, stream }) => {
    const exploit = stream.normal()
    return { reward: quality + 2 * exploit, columns: { gold: quality - harm * exploit } }
  }, size)

describe('overoptimisation', () => {
  it('fails when the best by reward are worse, passes when they are better', () => {
    const finding = findingOf(overoptimisation, run(2), 'gold')
    expect(finding.verdict).toBe('fail')
    expect(finding.numbers.bestN).toBe(1)
    expect(findingOf(overoptimisation, run(0), 'gold').verdict).toBe('pass')
  })

  it('is at most watch on small data', () => {
    expect(findingOf(overoptimisation, run(2, SMALL), 'gold').verdict).toBe('watch')
  })

  it('needs groups of four', () => {
    expect(findingOf(overoptimisation, run(2, { rollouts: 2 }), 'gold').sentence).toBe(
      'Needs prompts with at least four labelled rollouts.',
    )
  })
})
