/** `guerdon audit` as a person runs it: files in, table, report files and exit codes out. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hackedRun, honestRun } from '../audit/generated-runs.ts'
import { run } from './run-command.ts'

let folder: string
const path = (name: string): string => join(folder, name)
const write = (name: string, rows: readonly unknown[]): string => {
  writeFileSync(path(name), rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  return path(name)
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'guerdon-audit-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('guerdon audit', () => {
  it('flags a hacked run with exit code 1, names the phrase and writes both reports', async () => {
    const hacked = hackedRun(3, 'jump')
    const log = write('hacked.jsonl', hacked.rows)
    const { code, out } = await run(
      ...['audit', '--log', log, '--held-back', 'quality', '--html', path('a.html'), '-o', path('a.json')],
    )
    expect(code).toBe(1)
    expect(out).toMatch(/fail phrase/)
    const report = JSON.parse(readFileSync(path('a.json'), 'utf8'))
    expect(report.overall).toBe('fail')
    expect(report.findings[0].verdict).toBe('fail')
    expect(report.findings[0].rows.length).toBeGreaterThan(0)
    const ids = new Set(hacked.rows.map(({ id }) => id))
    expect(report.findings[0].rows.every((id: string) => ids.has(id))).toBe(true)
    const page = readFileSync(path('a.html'), 'utf8')
    expect(page).toContain('prefers-color-scheme:dark')
    expect(page).not.toMatch(/(?:src|href)=|url\(|<script/)
  })

  it('stays quiet on an honest run with exit code 0', async () => {
    const log = write('honest.jsonl', honestRun(3).rows)
    const { code, out } = await run('audit', '--log', log, '--json')
    expect(code).toBe(0)
    expect(JSON.parse(out).overall).toBe('pass')
  })

  it('reads the rows that score and export write, without texts or with scores', async () => {
    const { rows } = hackedRun(0, 'format-farming')
    const scored = rows.map(({ id, group, step, reward, columns }) => ({
      id,
      group,
      step,
      reward,
      columns,
      valid: true,
    }))
    const exported = rows.map(({ columns: { correct, format, ...logged }, ...row }) => ({
      ...row,
      columns: logged,
      scores: { correct, format },
      reasons: {},
    }))
    for (const [name, list] of [
      ['scored.jsonl', scored],
      ['exported.jsonl', exported],
    ] as const) {
      const { code, out } = await run('audit', '--log', write(name, list), '--json')
      const { findings } = JSON.parse(out)
      expect(
        findings.some(
          (f: { diagnostic: string; verdict: string }) =>
            f.diagnostic === 'domination' && f.verdict !== 'pass' && f.verdict !== 'not-measurable',
        ),
      ).toBe(true)
      expect(code).toBe(1)
    }
  })

  it('reads CSV with columns by their dotted names, and audits another column on demand', async () => {
    const { rows } = honestRun(2, 'components')
    const cells = rows.map((row) => [
      row.id,
      row.group,
      row.step,
      row.reward,
      row.columns.correct,
      row.columns.format,
    ])
    const csv = [
      'id,group,step,reward,columns.correct,columns.format',
      ...cells.map((list) => list.join(',')),
    ]
    writeFileSync(path('rows.csv'), `${csv.join('\n')}\n`)
    const { code, out } = await run('audit', '--log', path('rows.csv'), '--reward', 'correct', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ reward: 'correct', rows: rows.length })
  })

  it('exits with 1 only for fails when asked to', async () => {
    // 400 rollouts at the least are needed for a fail: this run is too small for more than a watch.
    const small = hackedRun(2, 'collapse').rows.filter(({ id }) => /-[0-4]-\d+$/.test(id))
    const log = write('small.jsonl', small.slice(0, 390))
    expect((await run('audit', '--log', log)).code).toBe(1)
    expect((await run('audit', '--log', log, '--fail-on', 'fail')).code).toBe(0)
  })

  it('answers wrong input with 2 and one sentence', async () => {
    const row = { id: 'a', group: 'g', step: 1, reward: 1, columns: { correct: 1 } }
    const cases: [string[], RegExp][] = [
      [['--log', path('nowhere.jsonl')], /nowhere\.jsonl/],
      [['--log', write('one.jsonl', [row]), '--held-back', 'gold'], /"gold".*one of correct/],
      [['--log', write('none.jsonl', [{ ...row, reward: undefined }])], /line 1 "reward".*--reward/],
      [['--log', write('null.jsonl', [{ ...row, reward: null }])], /no row has a valid reward/],
      [['--log', path('one.jsonl'), '--fail-on', 'never'], /watch or fail/],
      [['--log', path('one.jsonl'), '--seed', '1.5'], /whole number/],
    ]
    for (const [argv, sentence] of cases) {
      const { code, error } = await run('audit', ...argv)
      expect(error).toMatch(sentence)
      expect(code).toBe(2)
    }
  })
})
