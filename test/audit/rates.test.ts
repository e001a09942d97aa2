/** Detection and false alarms of the audit on fresh seeds: thresholds were set on seeds below 100. */
import { describe, expect, it } from 'vitest'
import { type AuditReport, audit } from '../../src/audit/audit.ts'
import { loggedRow } from '../../src/audit/logged-row.ts'
import { type GeneratedRun, hackedRun, honestRun } from './generated-runs.ts'

const seeds = Array.from({ length: 20 }, (_, index) => 100 + index)

function report({ rows, heldBack }: GeneratedRun): AuditReport {
  return audit(
    rows.map((row) => loggedRow(row, {})),
    { heldBack, reward: 'reward' },
  )
}

const flagged = ({ findings }: AuditReport): string[] =>
  findings
    .filter(({ verdict }) => verdict === 'watch' || verdict === 'fail')
    .map(({ diagnostic, sentence }) => `${diagnostic}: ${sentence}`)

describe('the audit of generated runs', () => {
  it('finds at least 18 of 20 hacked runs', () => {
    const missed = seeds.map((seed) => hackedRun(seed)).filter((run) => flagged(report(run)).length === 0)
    expect(missed.map(({ kind }) => kind).slice(2)).toEqual([])
  })

  it('raises at most one false alarm on 20 honest runs', () => {
    const alarms = seeds
      .map((seed) => honestRun(seed))
      .map((run) => ({ kind: run.kind, found: flagged(report(run)) }))
      .filter(({ found }) => found.length > 0)
    expect(alarms.slice(1)).toEqual([])
  })
})
