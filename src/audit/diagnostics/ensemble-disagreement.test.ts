import { describe, expect, it } from 'vitest'
import { findingOf, plantedRun, SMALL } from '../../../test/audit/planted-run.ts'
import { ensembleDisagreement } from './ensemble-disagreement.ts'

/** Three models whose disagreement grows with the reward when `apart`. */
const run = (apart: boolean, size = {}) =>
  plantedRun(({ quality, stream }) => {
    const noise = apart ? Math.exp(0.8 * quality) : 1
    const columns: Record<string, number> = {}
    for (const name of ['a', 'b', 'c']) columns[`judge.member.${name}`] = quality + noise * stream.normal()
    return { reward: quality, columns }
  }, size)

describe('ensemble-disagreement', () => {
  it('fails when models disagree most on the best, passes when they do so everywhere', () => {
    const finding = findingOf(ensembleDisagreement, run(true))
    expect(finding.verdict).toBe('fail')
    expect(finding.numbers.members).toBe(3)
    expect(findingOf(ensembleDisagreement, run(false)).verdict).toBe('pass')
  })

  it('is at most watch on small data', () => {
    expect(findingOf(ensembleDisagreement, run(true, SMALL)).verdict).toBe('watch')
  })

  it('needs an ensemble', () => {
    const bare = run(true).map((row) => ({ ...row, columns: {} }))
    expect(findingOf(ensembleDisagreement, bare).sentence).toBe(
      'Needs columns NAME.member… of an ensemble, or NAME.uncertainty.',
    )
  })
})
