/** `guerdon curate` as a person runs it: data in, cleaned data, page, row file and exit codes out. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makePreferences } from '../../examples/make-preferences.ts'
import { run } from './run-command.ts'

let folder: string
const path = (name: string): string => join(folder, name)
const { rows, planted } = makePreferences()

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'guerdon-curate-command-'))
  writeFileSync(path('pairs.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('guerdon curate', () => {
  it('says what it found and writes the cleaned data, the page and a line for every row', async () => {
    const { code, out } = await run(
      ...['curate', path('pairs.jsonl'), '-o', path('cleaned.jsonl')],
      ...['--html', path('report.html'), '--rows', path('rows.jsonl')],
    )
    expect(code).toBe(0)
    expect(out).toContain('600 pairs, layout trl-preference')
    expect(out).toMatch(/copy +42/)
    expect(out).toContain('the longer completion was chosen in 75')
    const page = readFileSync(path('report.html'), 'utf8')
    expect(page).toContain('Strength of the labels')
    expect(page).not.toMatch(/(?:src|href)=|url\(|<script/)
    expect(readFileSync(path('rows.jsonl'), 'utf8').trimEnd().split('\n')).toHaveLength(rows.length)
    const cleaned = readFileSync(path('cleaned.jsonl'), 'utf8').trimEnd().split('\n')
    expect(cleaned.length).toBeLessThan(rows.length)
    expect(Object.keys(JSON.parse(cleaned[0]!))).toEqual([
      ...Object.keys(rows[0]!),
      ...['action', 'reason', 'strength', 'strength_std', 'margin'],
    ])
    expect(readdirSync(folder).filter((name) => /partial|\.new$/.test(name))).toEqual([])
  })

  it('prints the report as JSON; given verdicts it says whether flipping is safe', async () => {
    const wrong = new Set(planted.wrong)
    const verdicts = rows.map(({ id }) => JSON.stringify({ id, wrong: wrong.has(id) }))
    writeFileSync(path('checked.jsonl'), verdicts.join('\n'))
    const { code, out } = await run(
      ...['curate', path('pairs.jsonl'), '--json', '--checked', path('checked.jsonl')],
    )
    expect(code).toBe(0)
    const report = JSON.parse(out)
    expect(report.checkedFlips.checked).toBe(report.findings.against.rows)
    expect(report.checkedFlips.safe).toBe(true)
    expect(report.strengths.agreement.interval[0]).toBeGreaterThan(0.75)
  })

  it('keeps duplicates when asked to, and strengths come from a column', async () => {
    const scored = rows.map((row) => ({ ...row, votes: [1, -0.5] }))
    writeFileSync(path('scored.jsonl'), scored.map((row) => `${JSON.stringify(row)}\n`).join(''))
    const { out } = await run(
      ...['curate', path('scored.jsonl'), '--json', '--strength', 'votes', '--drop-duplicates', 'none'],
    )
    const report = JSON.parse(out)
    expect(report.findings.copy.rows).toBe(42)
    expect(report.actions.drop).toBe(0)
    expect(report.strengths).toMatchObject({ known: 600, negative: 0, agreement: null })

    const spec = path('length.json')
    writeFileSync(
      spec,
      JSON.stringify({ name: 'length', signals: { words: { use: 'length', unit: 'words' } } }),
    )
    const scoredBy = await run('curate', path('pairs.jsonl'), '--json', '--reward', spec)
    const { strengths, bias } = JSON.parse(scoredBy.out)
    expect(strengths.known).toBe(600)
    // Length by white space and by letters and digits counts nearly the same words.
    expect(Math.abs(strengths.negative - (bias.input.length.pairs - bias.input.length.longer))).toBeLessThan(
      30,
    )
  })

  it('refuses to write over its input, unknown choices and broken verdicts with exit code 2', async () => {
    const file = path('pairs.jsonl')
    const before = readFileSync(file, 'utf8')
    for (const [argv, said] of [
      [['-o', file], 'never changes'],
      [['--html', file], 'another name for the page'],
      [['--flip', 'maybe'], '--flip'],
      [['--similarity', '2'], '--similarity'],
      [['--strength', 'a', '--scores'], 'one place'],
      [['--reward', path('no-spec.yaml')], 'no-spec.yaml'],
      [['--checked', file], 'is no verdict'],
      [['--format', 'rollouts'], 'no preference pairs'],
    ] as const) {
      const { code, error } = await run('curate', file, ...argv)
      expect([code, error.includes(said)], `${argv}: ${error}`).toEqual([2, true])
    }
    expect(readFileSync(file, 'utf8')).toBe(before)
    const { code } = await run('curate', path('absent.jsonl'), '-o', path('nothing.jsonl'))
    expect(code).toBe(2)
    expect(existsSync(path('nothing.jsonl'))).toBe(false)
  })
})
