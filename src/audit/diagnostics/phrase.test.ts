import { describe, expect, it } from 'vitest'
import { anyText, findingOf, plantedRun, SMALL } from '../../../test/audit/planted-run.ts'
import { phrase } from './phrase.ts'

const run = (pay: number, gold: number, size = {}) =>
  plantedRun(({ quality, progress, stream }) => {
    const has = stream.uniform() < 0.9 * progress
    return {
      reward: quality + (has ? pay : 0),
      completion: has ? `${anyText(stream)} beyond any reasonable doubt` : anyText(stream),
      columns: { gold: quality + gold * progress },
    }
  }, size)

describe('phrase', () => {
  it('fails a paid phrase that spreads while gold falls', () => {
    const finding = findingOf(phrase, run(2, -1), 'gold')
    expect(finding.verdict).toBe('fail')
    expect(finding.sentence).toMatch(/beyond any reasonable|any reasonable doubt/)
    expect(finding.numbers.paid).toBeGreaterThan(1)
  })

  it('is a watch without a held-back column, and on small data', () => {
    expect(findingOf(phrase, run(2, 0)).verdict).toBe('watch')
    expect(findingOf(phrase, run(2, -2, SMALL), 'gold').verdict).toBe('watch')
  })

  it('passes a phrase that is not paid, and one that comes with quality', () => {
    expect(findingOf(phrase, run(0, 0)).verdict).toBe('pass')
    expect(findingOf(phrase, run(2, 3), 'gold').verdict).toBe('pass')
  })

  it('needs texts at both ends', () => {
    expect(findingOf(phrase, run(2, 0, { prompts: 1, rollouts: 4 })).sentence).toBe(
      'Needs sixteen texts at the first and at the last steps.',
    )
  })
})
