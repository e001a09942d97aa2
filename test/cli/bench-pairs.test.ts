/** `guerdon bench pairs` as a person runs it: files in, tables, report files and exit codes out. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { RandomStream } from '../../src/numerics/random.ts'
import { annotator } from '../../src/preferences/testbed/annotator.ts'
import { labelPairs } from '../../src/preferences/testbed/label-pairs.ts'
import { linearTeacher } from '../../src/preferences/testbed/teacher.ts'
import { run } from './run-command.ts'

let folder: string
const path = (name: string): string => join(folder, name)
const write = (name: string, rows: readonly unknown[]): string => {
  writeFileSync(path(name), rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  return path(name)
}

const pair = (prompt: string, chosen: string, rejected: string, more: object = {}) => ({
  prompt,
  chosen,
  rejected,
  ...more,
})

/** Longer is better in the first three, worse in the fourth, and the fifth is a tie of lengths. */
const rows = [
  pair('one', 'a long answer', 'short', { category: 'easy' }),
  pair('one', 'another long one', 'no', { category: 'easy' }),
  pair('two', 'longer', 'long', { category: 'hard' }),
  pair('three', 'brief', '<script>alert(1)</script> and more', { category: 'hard' }),
  pair('four', 'same', 'size', { category: 'hard' }),
  pair('five', 'left', 'right one', { tie: true }),
]

let spec: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'guerdon-bench-'))
  spec = path('length.yaml')
  writeFileSync(spec, 'name: longer\nsignals:\n  length: { use: length }\n')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('guerdon bench pairs', () => {
  it('scores both completions with a reward and writes both reports', async () => {
    const file = write('pairs.jsonl', rows)
    const { code, out } = await run(
      ...['bench', 'pairs', file, '--reward', spec, '--html', path('r.html'), '-o', path('r.json')],
    )
    expect(code).toBe(0)
    expect(out).toMatch(/^accuracy 70\.0 %/)
    const report = JSON.parse(readFileSync(path('r.json'), 'utf8'))
    expect(report).toMatchObject({
      benchmark: 'pairs',
      pairs: 5,
      judgedEqual: 1,
      accuracy: 0.7,
      strictAccuracy: 0.6,
      ties: 1,
      resampling: { seed: 1, units: 4, blocks: false },
      length: { rewardPrefersLonger: 1, peoplePreferLonger: 0.75, correlation: expect.closeTo(1, 9) },
    })
    expect(report.subsets.map((row: { name: string }) => row.name)).toEqual(['easy', 'hard'])
    expect(report.worst[0].id).toBe('row-4')
    const page = readFileSync(path('r.html'), 'utf8')
    expect(page).toContain('prefers-color-scheme:dark')
    expect(page).toContain('&#60;script&#62;')
    expect(page).not.toMatch(/(?:src|href)=|url\(|<script/)
    expect(page).not.toMatch(/NaN|Infinity|undefined/)
  })

  it('gives the same figures in any order of rows, and the complement with the sides swapped', async () => {
    const figures = async (name: string, list: readonly object[]) => {
      const { out } = await run('bench', 'pairs', write(name, list), '--reward', spec, '--json')
      const { accuracy, logLoss, expectedCalibrationError, length } = JSON.parse(out)
      return { accuracy, logLoss, expectedCalibrationError, prefersLonger: length.rewardPrefersLonger }
    }
    const given = await figures('a.jsonl', rows)
    const turned = await figures('b.jsonl', [...rows].reverse())
    for (const [name, value] of Object.entries(given))
      expect(turned[name as keyof typeof given]).toBeCloseTo(value, 12)
    const swapped = rows.map((row) => ({ ...row, chosen: row.rejected, rejected: row.chosen }))
    const opposite = await figures('c.jsonl', swapped)
    expect(opposite.accuracy).toBeCloseTo(1 - given.accuracy, 12)
    expect(opposite.prefersLonger).toBe(given.prefersLonger)
  })

  it('reads the file’s own scores, and a subset of any field', async () => {
    const who = annotator({ rationality: 2, flip: 0 })
    const labelled = labelPairs(new RandomStream(1), linearTeacher(Float64Array.of(1, 1)), who, {
      pairs: 4000,
      dimensions: 2,
    })
    // The gold utilities times β are the honest logits of these labels.
    const scored = Array.from({ length: labelled.count }, (_, index) =>
      pair(`p${index}`, 'x', 'y', {
        score_chosen: 2 * labelled.utilityChosen[index]!,
        score_rejected: 2 * labelled.utilityRejected[index]!,
        half: index % 2,
      }),
    )
    const file = write('scored.jsonl', scored)
    const { code, out } = await run('bench', 'pairs', file, '--scores', '--by', 'half', '--json')
    expect(code).toBe(0)
    const report = JSON.parse(out)
    expect(Math.abs(report.temperature.value - 1)).toBeLessThan(0.1)
    expect(report.expectedCalibrationError).toBeLessThan(0.03)
    expect(report.accuracy).toBeCloseTo(
      1 - labelled.flipped.reduce((sum, flag) => sum + flag, 0) / labelled.count,
      12,
    )
    expect(report.subsets.map((row: { name: string; pairs: number }) => [row.name, row.pairs])).toEqual([
      ['0', 2000],
      ['1', 2000],
    ])
  })

  it('counts what it leaves out and says why', async () => {
    const file = write('partly.jsonl', [
      pair('a', 'x', 'y', { score_chosen: 2, score_rejected: 1 }),
      pair('b', 'x', 'y'),
      { prompt: 'c', chosen: 'x', score_chosen: 1 },
    ])
    const failed = await run('bench', 'pairs', file, '--scores')
    expect(failed.code).toBe(2)
    const { code, out, error } = await run('bench', 'pairs', file, '--scores', '--skip-invalid', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      pairs: 1,
      invalid: 1,
      invalidReasons: { 'the file gives no scores': 1 },
      skipped: 1,
    })
    expect(error).toMatch(/1 of 3 rows left out/)
  })

  it('refuses wrong input with exit code 2 and one sentence', async () => {
    const file = write('ok.jsonl', rows)
    const wrong: [string[], RegExp][] = [
      [['bench', 'pairs', file], /needs one source of scores/],
      [['bench', 'pairs', file, '--scores', '--reward', spec], /needs one source of scores/],
      [['bench', 'pairs', file, '--reward', spec, '--seed', 'x'], /--seed/],
      [['bench', 'pairs', path('absent.jsonl'), '--scores'], /FILE_MISSING/],
      [['bench', 'pairs', file, '--scores'], /DATA_EMPTY.*the file gives no scores/],
      [
        ['bench', 'pairs', write('rollouts.jsonl', [{ prompt: 'p', completion: 'c' }]), '--scores'],
        /preference/,
      ],
      [['bench', 'pears', file], /unknown command|pears/],
    ]
    for (const [argv, message] of wrong) {
      const stderr = vi.spyOn(process.stderr, 'write').mockImplementation(() => true)
      const { code, error } = await run(...argv)
      const written = stderr.mock.calls.map(([text]) => String(text)).join('')
      stderr.mockRestore()
      expect(code, argv.join(' ')).toBe(2)
      expect(`${error}${written}`).toMatch(message)
    }
  })
})
