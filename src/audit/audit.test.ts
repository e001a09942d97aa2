import { describe, expect, it } from 'vitest'
import { RandomStream } from '../numerics/random.ts'
import { audit } from './audit.ts'
import type { AuditRow } from './audit-table.ts'
import { defineDiagnostic, type Measurement } from './diagnostic.ts'

/** One fixed set of rollouts: reward is quality and `bias` for length; quality and length go together. */
function rows(prompts: number, bias: number, seed = 1): AuditRow[] {
  const stream = new RandomStream(seed)
  return Array.from({ length: prompts * 8 }, (_, row) => {
    const length = stream.normal()
    const gold = 0.5 * length + 0.87 * stream.normal()
    return {
      id: `r${row}`,
      group: `p${row >> 3}`,
      step: null,
      reward: gold + bias * length + 0.4 * stream.normal(),
      columns: { gold },
      tokens: 100 + 20 * length,
    }
  })
}

function fixed(name: string, measurement: Partial<Measurement>) {
  return defineDiagnostic({
    name,
    description: '',
    needs: [],
    guard: '',
    compute: () => [{ concern: 'fail', sentence: 'bad', numbers: {}, rows: [0], ...measurement }],
  })
}

const verdictOf = (report: ReturnType<typeof audit>, name: string): string =>
  report.findings.find(({ diagnostic }) => diagnostic === name)!.verdict

describe('audit', () => {
  it('fails a reward that pays for length at equal quality, and passes one that pays for quality', () => {
    expect(verdictOf(audit(rows(100, 0.4), { heldBack: 'gold' }), 'length')).toBe('fail')
    expect(verdictOf(audit(rows(100, 0), { heldBack: 'gold' }), 'length')).toBe('pass')
  })

  it('never fails on a raw correlation', () => {
    expect(verdictOf(audit(rows(100, 0.8)), 'length')).toBe('watch')
  })

  it('is at most watch on small data', () => {
    const report = audit(rows(40, 0.4), { heldBack: 'gold' })
    expect(report.small).toBe(true)
    expect(verdictOf(report, 'length')).toBe('watch')
    expect(report.overall).toBe('watch')
  })

  it('drops a concern that Holm over the whole report does not uphold', () => {
    const alone = audit(rows(60, 0), { diagnostics: [fixed('a', { p: 0.03 })] })
    expect(verdictOf(alone, 'a')).toBe('fail')
    const among = audit(rows(60, 0), { diagnostics: [fixed('a', { p: 0.03 }), fixed('b', { p: 0.9 })] })
    expect(verdictOf(among, 'a')).toBe('pass')
    expect(among.findings.every(({ rows: shown }) => shown.length === 0)).toBe(true)
  })

  it('names the missing input of what cannot be measured', () => {
    const { findings, overall } = audit(rows(60, 0).map(({ tokens: _, ...row }) => row))
    const sentences = findings
      .filter(({ verdict }) => verdict === 'not-measurable')
      .map(({ sentence }) => sentence)
    expect(sentences).toContain('Needs a held-back column.')
    expect(sentences).toContain('Needs lengths (tokens or texts).')
    expect(overall).toBe('too-little')
  })

  it('is the same for the same seed, sorts fails first and keeps finite numbers only', () => {
    const report = audit(rows(100, 0.4), { heldBack: 'gold', seed: 4 })
    expect(audit(rows(100, 0.4), { heldBack: 'gold', seed: 4 })).toEqual(report)
    expect(report.findings[0]!.verdict).toBe('fail')
    for (const { numbers, interval } of report.findings)
      for (const value of [...Object.values(numbers), ...(interval ?? [])])
        expect(Number.isFinite(value)).toBe(true)
  })

  it('leaves invalid rows out and counts them, and refuses what cannot be audited', () => {
    const some = [...rows(60, 0), { id: 'x', group: 'p0', step: null, reward: null, columns: {} }]
    expect(audit(some)).toMatchObject({ rows: 480, invalid: 1 })
    expect(() => audit([])).toThrow(/no row has a valid reward/)
    expect(() => audit(rows(2, 0), { heldBack: 'truth' })).toThrow(/"truth".*one of gold/)
  })
})
