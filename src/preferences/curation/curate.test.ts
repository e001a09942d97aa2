/** Curation of whole files: the planted faults of the examples, both engines, and what must not depend on chance. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makePreferences, type PreferenceRow } from '../../../examples/make-preferences.ts'
import { RandomStream } from '../../numerics/random.ts'
import { readRows } from '../../records/formats/read-rows.ts'
import { type CurateOptions, curate } from './curate.ts'
import { loadDuckDb } from './duckdb-relation.ts'
import { curationPage } from './report-page.ts'

const hasDuckDb = await loadDuckDb().then(
  () => true,
  () => false,
)
if (!hasDuckDb) console.warn('@duckdb/node-api is not installed: curation with it is not tested')

type Row = Record<string, unknown>

let folder: string
const path = (name: string): string => join(folder, name)
const write = (name: string, rows: readonly unknown[]): string => {
  writeFileSync(path(name), rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  return path(name)
}
const read = (name: string): Row[] =>
  readFileSync(path(name), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Row)

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'guerdon-curate-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const { rows, planted } = makePreferences()

async function curated(input: readonly unknown[], options: CurateOptions = {}) {
  const file = write('input.jsonl', input)
  const report = await curate([file], { output: path('out.jsonl'), rows: path('rows.jsonl'), ...options })
  return { report, out: read('out.jsonl'), lines: read('rows.jsonl') }
}

describe('the planted faults of the examples', () => {
  test('are found: copies, near copies, contradictions, wrong labels; the input stays as it is', async () => {
    const before = rows.map((row) => `${JSON.stringify(row)}\n`).join('')
    const { report, lines } = await curated(rows, { keepDropped: true })
    const byId = new Map(lines.map((line) => [line.id as string, line]))
    const with_ = (kind: string): string[] =>
      lines.filter(({ findings }) => (findings as string[]).includes(kind)).map(({ id }) => id as string)
    const copies = with_('copy')
    expect(planted.copies.every((id) => copies.includes(id))).toBe(true)
    // Of two near copies either may go.
    expect(with_('near-copy')).toHaveLength(planted.nearCopies.length)
    expect(planted.contradictions.every((id) => with_('conflict').includes(id))).toBe(true)
    const wrong = new Set(planted.wrong)
    const against = with_('against')
    expect(against.filter((id) => wrong.has(id)).length / against.length).toBeGreaterThan(0.85)
    expect(against.filter((id) => wrong.has(id)).length / wrong.size).toBeGreaterThan(0.9)
    expect(report.strengths.agreement!.interval[0]).toBeGreaterThan(0.75)
    expect(report.strengths.groups).toHaveLength(20)
    // Contradicted labels come twice with opposite strengths: second annotators side with strong labels.
    const second = (groups: typeof report.strengths.groups) =>
      groups.reduce((sum, group) => sum + group.second.agree, 0) /
      groups.reduce((sum, group) => sum + group.second.pairs, 0)
    expect(second(report.strengths.groups.slice(3))).toBeGreaterThan(
      second(report.strengths.groups.slice(0, 3)),
    )
    expect(report.bias.input.length.share).toBeGreaterThan(0.7)
    expect(byId.size).toBe(rows.length)
    expect(readFileSync(path('input.jsonl'), 'utf8')).toBe(before)
    // Every number is a count of rows of the row file.
    for (const [kind, { rows: count }] of Object.entries(report.findings))
      expect(with_(kind)).toHaveLength(count)
    for (const [action, count] of Object.entries(report.actions))
      expect(lines.filter((line) => line.action === action)).toHaveLength(count)
    for (const [bin, { pairs }] of report.bias.input.length.bins.entries())
      expect(lines.filter((line) => line.length_bin === bin)).toHaveLength(pairs)
    for (const group of report.strengths.groups) {
      const within = lines.filter(
        ({ strength }) => (strength as number) >= group.least && (strength as number) <= group.largest,
      )
      expect(within).toHaveLength(group.size)
      expect(within.filter(({ second_agrees }) => second_agrees === true)).toHaveLength(group.second.agree)
    }
    for (const [bin, shown] of report.bias.rows.lengthBins.entries())
      for (const { row } of shown) expect(lines[row - 1]!.length_bin).toBe(bin)
    for (const { row } of report.bias.rows.chosenOnly.list!)
      expect(lines[row - 1]!.chosen_only).toContain('list')
    for (const { name, chosenOnly, rejectedOnly } of report.bias.input.format) {
      expect(lines.filter((line) => (line.chosen_only as string[]).includes(name))).toHaveLength(chosenOnly)
      expect(lines.filter((line) => (line.rejected_only as string[]).includes(name))).toHaveLength(
        rejectedOnly,
      )
    }
  })

  test('lines that are not flipped are written byte for byte; flips exchange the sides when applied', async () => {
    // Spaces, escapes and numbers that JSON.parse and JSON.stringify would not give back.
    const [first, ...others] = rows
    const text = `{ "id": "odd",  "prompt": "caf\\u00e9", "chosen": "A few steps are enough.", "rejected": "I cannot help with that.", "number": 1.0, "big": 12345678901234567890 }`
    writeFileSync(
      path('odd.jsonl'),
      `\ufeff${text}\r\n\n${others.map((row) => JSON.stringify(row)).join('\r\n')}`,
    )
    const report = await curate([path('odd.jsonl')], { output: path('out.jsonl'), flip: 'apply' })
    const out = readFileSync(path('out.jsonl'), 'utf8').trimEnd().split('\n')
    expect(out[0]!.startsWith(text.slice(0, -1))).toBe(true)
    expect(first!.id).toBe('q0001')
    const byId = new Map(rows.map((row) => [row.id, row]))
    let flips = 0
    for (const line of out.slice(1)) {
      const row = JSON.parse(line) as Row & PreferenceRow
      const original = byId.get(row.id)!
      if (row.action === 'flip') {
        flips++
        expect([row.chosen, row.rejected]).toEqual([original.rejected, original.chosen])
        expect(row.margin).toBeCloseTo(-(row.strength as number), 12)
        expect(row.reason).toContain('against')
      } else expect(line.startsWith(JSON.stringify(original).slice(0, -1))).toBe(true)
    }
    expect(flips).toBe(report.actions.flip)
    expect(flips).toBeGreaterThan(40)
    expect(report.remaining).toBe(out.length)
  })

  test.skipIf(!hasDuckDb)('DuckDB gives the same rows and the same report', async () => {
    const memory = await curated(rows, { engine: 'memory' })
    const one = [readFileSync(path('out.jsonl'), 'utf8'), readFileSync(path('rows.jsonl'), 'utf8')]
    const disk = await curated(rows, { engine: 'duckdb', threads: 1, memory: '300MB', temporary: folder })
    expect([readFileSync(path('out.jsonl'), 'utf8'), readFileSync(path('rows.jsonl'), 'utf8')]).toEqual(one)
    const without = ({ engine, seconds, ...rest }: typeof disk.report) => ({
      ...rest,
      both: [engine, seconds].length,
    })
    expect(without(disk.report)).toEqual(without(memory.report))
    expect(disk.report.engine).toBe('duckdb')
    expect(readdirSync(folder).filter((name) => name.startsWith('guerdon-relations'))).toEqual([])
  })
})

describe('what does not change the result', () => {
  test('the order of rows: the same texts remain, with the same strengths', async () => {
    const kept = (list: readonly Row[]) =>
      new Set(list.map(({ prompt, chosen, rejected }) => JSON.stringify([prompt, chosen, rejected])))
    const strengths = (list: readonly Row[]) =>
      new Map(list.map((row) => [JSON.stringify([row.prompt, row.chosen, row.rejected]), row.strength]))
    const one = await curated(rows)
    const shuffled = await curated(new RandomStream(6).shuffle([...rows]))
    expect(kept(shuffled.out)).toEqual(kept(one.out))
    expect(strengths(shuffled.out)).toEqual(strengths(one.out))
    expect(shuffled.report.actions).toEqual(one.report.actions)
  })

  test('a second curation finds no copies and no near copies left', async () => {
    const { out, report } = await curated(rows)
    expect(report.findings['near-copy'].rows).toBeGreaterThan(0)
    const again = await curated(out)
    expect(again.report.findings.copy.rows).toBe(0)
    expect(again.report.findings['near-copy'].rows).toBe(0)
    // The first curation's columns are the input's now: they stay, and the new ones have other names.
    expect(again.out[0]).toMatchObject({ action: out[0]!.action, curated_action: expect.any(String) })
  })

  test('voters turn with the labels, so exchanging all of them leaves every strength; given margins stay', async () => {
    // Two labels of one pair are told apart by which comes first, so contradictions are left out here.
    const single = rows.filter(({ id }) => !planted.contradictions.includes(id))
    const exchanged = single.map((row) => ({ ...row, chosen: row.rejected, rejected: row.chosen }))
    const one = await curated(single, { keepDropped: true })
    const other = await curated(exchanged, { keepDropped: true })
    const byId = new Map(other.out.map((row) => [row.id, row]))
    for (const row of one.out) expect(byId.get(row.id)!.strength).toBeCloseTo(row.strength as number, 5)
    expect(other.report.bias.input.length.longer).toBe(
      one.report.bias.input.length.pairs - one.report.bias.input.length.longer,
    )
    const scored = rows.map((row, index) => ({ ...row, score_chosen: index % 7, score_rejected: 3 }))
    const turned = scored.map((row) => ({
      ...row,
      chosen: row.rejected,
      rejected: row.chosen,
      score_chosen: row.score_rejected,
      score_rejected: row.score_chosen,
    }))
    const plus = await curated(scored, { strength: 'scores', keepDropped: true })
    const minus = await curated(turned, { strength: 'scores', keepDropped: true })
    for (const [index, row] of plus.out.entries())
      expect((minus.out[index]!.strength as number) + (row.strength as number)).toBe(0)
  })
})

describe('single findings', () => {
  const pair = (id: string, prompt: string, chosen: string, rejected: string, more: Row = {}): Row => ({
    id,
    prompt,
    chosen,
    rejected,
    ...more,
  })
  const findingsOf = (lines: readonly Row[]) =>
    Object.fromEntries(lines.map((line) => [line.id, line.findings]))

  test('equal sides, ties, cycles, conflicts by majority of annotators', async () => {
    const { report, lines, out } = await curated([
      pair('same', 'p', 'one text', ' one  text'),
      pair('tie', 'p', 'x', 'y', { tie: true }),
      pair('ab', 'c', 'answer a', 'answer b'),
      pair('bc', 'c', 'answer b', 'answer c'),
      pair('ca', 'c', 'answer c', 'answer a'),
      pair('ad', 'c', 'answer a', 'answer d'),
      pair('m1', 'q', 'left', 'right', { annotator: 'ada' }),
      pair('m2', 'q', 'left', 'right', { annotator: 'ben' }),
      pair('m3', 'q', 'right', 'left', { annotator: 'cem' }),
      pair('m4', 'q', 'right', 'left', { annotator: 'cem' }),
      pair('e1', 'r', 'up', 'down'),
      pair('e2', 'r', 'down', 'up'),
    ])
    expect(findingsOf(lines)).toEqual({
      same: ['same-sides'],
      tie: ['tie'],
      ab: ['cycle'],
      bc: ['cycle'],
      ca: ['cycle'],
      ad: [],
      m1: ['conflict'],
      m2: ['copy', 'conflict'],
      m3: ['conflict'],
      m4: ['copy', 'conflict'],
      e1: ['conflict'],
      e2: ['conflict'],
    })
    const action = Object.fromEntries(lines.map((line) => [line.id, line.action]))
    expect(action).toMatchObject({
      same: 'drop',
      tie: 'smooth',
      ab: 'smooth',
      ad: 'keep',
      m1: 'keep',
      m3: 'drop',
      e1: 'smooth',
    })
    expect(report.conflicts).toEqual({ pairs: 2, rows: 6, even: 1 })
    expect(report.promptsWithCycles).toBe(1)
    expect(report.annotators).toMatchObject({ items: 1, annotators: 3 })
    expect(report.strengths.why).toContain('at least 20')
    expect(out.map(({ id }) => id)).not.toContain('m3')
    expect(lines.find(({ id }) => id === 'e2')!.compared).toEqual([11])
  })

  test('a long prompt in common makes no near copy, one exchanged word in a long text does', async () => {
    const words = (from: number, size: number) =>
      Array.from({ length: size }, (_, at) => `w${from + at}`).join(' ')
    const long = words(0, 300)
    const { lines } = await curated([
      pair('a', long, words(1000, 60), words(2000, 60)),
      pair('b', long, words(3000, 60), words(4000, 60)),
      pair('c', long, `${words(1000, 59)} changed`, words(2000, 60)),
    ])
    const found = findingsOf(lines)
    expect(found.b).toEqual([])
    expect([found.a, found.c].flat()).toEqual(['near-copy'])
  })

  test('prompts of evaluation data are found in any layout, with the length that is asked for', async () => {
    const evaluation = write('evaluation.jsonl', [
      { prompt: [{ role: 'user', content: 'Which river runs through the old town of Bern today?' }] },
    ])
    const data = [
      pair(
        'in',
        'Please say: WHICH river runs through the old town of bern today?',
        'The Aare.',
        'The Rhine.',
      ),
      pair('out', 'Which river runs through Basel?', 'The Rhine.', 'The Aare.'),
    ]
    const { report, lines } = await curated(data, { against: [evaluation], contaminationWords: 8 })
    expect(findingsOf(lines)).toEqual({ in: ['contaminated'], out: [] })
    expect(report.against).toEqual({ files: [evaluation], grams: 3 })
    await expect(curated(data, { against: [evaluation] })).rejects.toThrow('13 words')
  })

  test('strengths from members’ lists: μ̂ and σ̂ by hand, no strength where there is none', async () => {
    const { lines, report } = await curated(
      [
        pair('two', 'p', 'x', 'y', { margins: [1, 3] }),
        pair('against', 'q', 'x', 'y', { margins: [-3, -2] }),
        pair('doubtful', 'r', 'x', 'y', { margins: [-3, 2] }),
        pair('none', 's', 'x', 'y'),
      ],
      { strength: { column: 'margins' } },
    )
    expect(lines.map(({ strength, strength_std }) => [strength, strength_std])).toEqual([
      [2, 1],
      [-2.5, 0.5],
      [-0.5, 2.5],
      [null, null],
    ])
    expect(lines.map(({ action }) => action)).toEqual(['keep', 'flip', 'smooth', 'keep'])
    expect(report.strengths).toMatchObject({ known: 3, negative: 2, trusted: true })
  })

  test('voters that know little speak against no label', async () => {
    const random = new RandomStream(12)
    const word = () => `w${random.below(400)}`
    const noise = Array.from({ length: 300 }, (_, at) =>
      pair(`n${at}`, `${word()} ${at}`, `${word()} ${word()} ${word()}`, `${word()} ${word()} ${word()}`),
    )
    const { report } = await curated(noise)
    expect(report.strengths.trusted).toBe(false)
    expect(report.strengths.why).toContain('65.0 %')
    expect(report.actions.flip).toBe(0)
    expect(report.strengths.negative).toBeGreaterThan(60)
  })
})

describe('files', () => {
  test('an output that is an input is refused, also under another name of it', async () => {
    const file = write('own.jsonl', rows.slice(0, 5))
    await expect(curate([file], { output: file })).rejects.toThrow('never changes')
    await expect(curate([file], { output: join(folder, '.', 'own.jsonl') })).rejects.toThrow('never changes')
    await expect(curate([file], { output: path('x.jsonl'), rows: path('x.jsonl') })).rejects.toThrow(
      'one name',
    )
  })

  test('a run that fails in its last pass leaves nothing under its names', async () => {
    const file = write('late.jsonl', [
      ...rows.slice(0, 50).map((row) => ({ ...row, m: 1 })),
      { ...rows[50], m: 'much' },
    ])
    const options = {
      output: path('late-out.jsonl'),
      rows: path('late-rows.jsonl'),
      strength: { column: 'm' },
    }
    await expect(curate([file], options)).rejects.toMatchObject({ code: 'DATA_FIELD_INVALID' })
    expect(existsSync(options.output) || existsSync(options.rows)).toBe(false)
    expect(readdirSync(folder).filter((name) => name.endsWith('.partial'))).toEqual([])
  })

  test('a run that is killed leaves nothing under its names, and the next one gives what it would have given', async () => {
    const file = write('killed.jsonl', rows)
    const module = JSON.stringify(new URL('./curate.ts', import.meta.url).href)
    const output = path('killed-out.jsonl')
    // The source hangs in the last pass, when the outputs are open.
    const script = `const { curate } = await import(${module});
      const strength = { description: 'none', strengths: () => { console.log('writing'); return new Promise(() => {}) } };
      setInterval(() => {}, 1000);
      await curate([${JSON.stringify(file)}], { output: ${JSON.stringify(output)}, strength })`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(child.stdout, 'data')
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(existsSync(output)).toBe(false)
    const { out } = await curated(rows)
    await curate([file], { output })
    expect(read('killed-out.jsonl')).toEqual(out)
  })

  test('several files are one data set; layouts are not mixed; rows that cannot be read are counted', async () => {
    const one = write('one.jsonl', rows.slice(0, 40))
    const two = write('two.jsonl', [...rows.slice(20, 60), { id: 'broken', prompt: 'p', chosen: 'c' }])
    await expect(curate([one, two])).rejects.toThrow('rejected')
    const report = await curate([one, two], { skipInvalid: true, rows: path('rows.jsonl') })
    expect(report.pairs).toBe(80)
    expect(report.findings.copy.rows).toBe(20)
    expect(report.leftOut).toEqual({ '"rejected" missing or wrong': 1 })
    expect(read('rows.jsonl')[45]).toMatchObject({ row: 46, file: two, line: 6, compared: [26] })
    const other = join(import.meta.dirname, '..', '..', '..', 'test', 'samples', 'judgebench.jsonl')
    await expect(curate([one, other], { skipInvalid: true })).rejects.toThrow('one layout')
  })

  test('Parquet and CSV are written with types and read again; an existing column keeps its name', async () => {
    const file = write(
      'scored.jsonl',
      rows.slice(0, 40).map((row) => ({ ...row, margin: 2, score_chosen: 3, score_rejected: 1 })),
    )
    for (const name of ['out.parquet', 'out.csv']) {
      await curate([file], { output: path(name), strength: 'scores' })
      const found: Row[] = []
      for await (const batch of readRows(path(name))) found.push(...batch.map(({ value }) => value as Row))
      expect(found).toHaveLength(40)
      expect(Number(found[0]!.margin)).toBe(2)
      expect(Number(found[0]!.curated_margin)).toBe(2)
      expect(Number(found[0]!.strength)).toBe(2)
      expect(found[0]!.action).toBe('keep')
      // What was written is curated again, from the container that it is in.
      const again = await curate([path(name)], { strength: 'scores' })
      expect(again.pairs).toBe(40)
      expect(again.strengths.known).toBe(40)
    }
  })

  test('a map names the columns of the file, and flipped rows keep those names', async () => {
    const named = rows
      .slice(0, 30)
      .map(({ chosen, rejected, ...row }) => ({ ...row, good: chosen, bad: rejected, m: -1 }))
    const file = write('named.jsonl', named)
    const map = { chosen: 'good', rejected: 'bad' }
    await curate([file], {
      output: path('named-out.jsonl'),
      map,
      strength: { column: 'm' },
      flip: 'apply',
      dropDuplicates: 'none',
    })
    const [first] = read('named-out.jsonl')
    expect(first).toMatchObject({ good: named[0]!.bad, bad: named[0]!.good, action: 'flip', margin: 1 })
  })
})

test('the page says the numbers, shows rows, escapes their texts and loads nothing', async () => {
  copyFileSync(
    write('page.jsonl', [
      ...rows.slice(0, 60),
      { id: '<b>', prompt: '<script>alert(1)</script>', chosen: '<i>', rejected: '<i> ' },
    ]),
    path('copy.jsonl'),
  )
  const report = await curate([path('page.jsonl'), path('copy.jsonl')])
  const page = curationPage(report, 'rows.jsonl')
  expect(page).not.toMatch(/<script|(?:src|href)=|url\(/)
  expect(page).toContain('&#60;script&#62;')
  expect(page).toContain('<svg')
  expect(page).toContain(`${report.findings.copy.rows}</b> rows repeat an earlier row`)
  expect(page).toContain('prefers-color-scheme:dark')
  expect(page).not.toMatch(/NaN|undefined|Infinity/)
})
