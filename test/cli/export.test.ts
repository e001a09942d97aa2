/** `guerdon export` and `guerdon prune` on a store that was filled like a server fills it. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore } from '../../src/store/open-store.ts'
import { batchOf } from '../../src/store/store.contract.ts'

const root = join(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'guerdon-export-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function guerdon(...words: readonly string[]): { code: number | null; out: string; err: string } {
  const run = spawnSync(process.execPath, [join(root, 'bin/guerdon.js'), ...words], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  })
  return { code: run.status, out: run.stdout, err: run.stderr }
}

const linesOf = (text: string): Record<string, unknown>[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

const run = { id: 'first', reward: 'maths', spec: { name: 'maths' }, specDigest: 'd', heldBack: [] }

beforeAll(async () => {
  const store = await openStore(join(folder, '.guerdon/store.sqlite'))
  await store.openRun(run)
  await store.openRun({ ...run, id: 'second' })
  const rows = Array.from({ length: 600 }, (_, row) => ({
    prompt: [{ role: 'user', content: 'why?' }],
    reference: '42',
    step: 3,
    finishReason: 'stop',
    columns: { entropy: row },
    scores: {
      reward: row % 2 === 0 ? row : null,
      columns: { right: 1 },
      reasons: row % 2 === 0 ? {} : { reward: 'no' },
    },
  }))
  await store.append([batchOf('a', rows, { run: 'first', receivedAt: Date.now() - 5000 })])
  await store.append([batchOf('b', [{}], { run: 'second', receivedAt: Date.now() })])
  await store.close()
})

describe('guerdon export', () => {
  it('prints every row in order, in the layout of rollouts with its scores', () => {
    const { code, out, err } = guerdon('export', '--from', 'first')
    expect(err).toBe('')
    expect(code).toBe(0)
    const rows = linesOf(out)
    expect(rows.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 600 }, (_, row) => row))
    expect(rows[1]).toEqual({
      id: 'a-1',
      group: 'g-a',
      prompt: [{ role: 'user', content: 'why?' }],
      completion: 'answer 1',
      reference: '42',
      finish_reason: 'stop',
      step: 3,
      columns: { entropy: 1 },
      batch: 'b_a',
      sequence: 1,
      reward: null,
      advantage: null,
      scores: { right: 1 },
      reasons: { reward: 'no' },
    })
  })

  it('takes the latest run, and what it writes can be read and scored again', () => {
    expect(linesOf(guerdon('export', '--from', 'latest').out).map(({ id }) => id)).toEqual(['b-0'])
    const { code, out } = guerdon('export', '--from', 'first', '-o', 'rows.jsonl', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toEqual({ run: 'first', rows: 600, output: 'rows.jsonl' })
    expect(linesOf(readFileSync(join(folder, 'rows.jsonl'), 'utf8'))).toHaveLength(600)
    expect(guerdon('validate', 'rows.jsonl').code).toBe(0)
  })

  it.each(['rows.jsonl.gz', 'rows.csv', 'rows.parquet'])('writes %s', (file) => {
    expect(guerdon('export', '--from', 'first', '-o', file)).toMatchObject({ code: 0, err: '' })
    expect(guerdon('validate', file).code).toBe(0)
  })

  it('lists the runs', () => {
    expect(guerdon('export', '--list').out).toMatch(/second .*\n.*first .* 600 /)
    expect(JSON.parse(guerdon('export', '--list', '--json').out)).toMatchObject([
      { id: 'second', rows: 1 },
      { id: 'first', rows: 600, lastStep: 3 },
    ])
  })

  it.each([
    [['--from', 'third'], /^STORE_UNKNOWN_RUN .*expected one of second, first \(found: "third"\)\n$/],
    [[], /^ARGUMENT_INVALID .*--from.*is missing/],
    [['--list', '--store', 'nowhere.sqlite'], /^FILE_MISSING nowhere\.sqlite: there is no such store/],
    [['--list', '--store', 'mysql://x'], /^ARGUMENT_INVALID names no store/],
  ])('answers %j with one sentence and exit code 2', (words, sentence) => {
    const { code, out, err } = guerdon('export', ...words)
    expect(out).toBe('')
    expect(err).toMatch(sentence)
    expect(code).toBe(2)
    expect(existsSync(join(folder, 'nowhere.sqlite'))).toBe(false)
  })
})

describe('guerdon prune', () => {
  it.each([
    [[], /nothing says what may be forgotten/],
    [['--maximum-rows', 'x'], /--maximum-rows.*whole number/],
    [['--maximum-age', '30'], /--maximum-age.*30d/],
  ])('answers %j with one sentence and exit code 2', (words, sentence) => {
    const { code, err } = guerdon('prune', ...words)
    expect(err).toMatch(sentence)
    expect(code).toBe(2)
  })

  it('forgets the oldest batches', () => {
    expect(guerdon('prune', '--maximum-age', '30d', '--maximum-rows', '1000').out).toMatch(
      /^0 rows forgotten, 601 left/,
    )
    expect(JSON.parse(guerdon('prune', '--maximum-rows', '1', '--json').out)).toEqual({
      forgotten: 600,
      left: 1,
    })
    expect(guerdon('export', '--from', 'first').out).toBe('')
  })

  it.each(['export', 'prune'])('guerdon %s --help has an example', (command) => {
    expect(guerdon(command, '--help').out).toMatch(/Example:\n {2}guerdon /)
  })
})
