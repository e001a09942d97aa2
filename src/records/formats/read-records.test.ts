import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import type { GuerdonError } from '../error.ts'
import type { PreferencePair } from '../preference.ts'
import { openWriter } from './open-writer.ts'
import type { Prompt } from './prompt.ts'
import { type AnyRecord, type ReadRecordsOptions, readRecords, readRecordsOf } from './read-records.ts'

const folder = mkdtempSync(join(tmpdir(), 'guerdon-records-'))
afterAll(() => rmSync(folder, { recursive: true }))

function write(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

async function read(path: string, options?: ReadRecordsOptions) {
  const reader = readRecords(path, options)
  const records: AnyRecord[] = []
  for await (const batch of reader) records.push(...batch)
  return { records, summary: reader.summary }
}

describe('readRecords', () => {
  it('skips and counts invalid rows of every kind', async () => {
    const path = write(
      'mixed.jsonl',
      [
        '{"prompt":"p","chosen":"a","rejected":"b"}',
        'not json',
        '{"prompt":"p","chosen":"a"}',
        '{"prompt":"p","chosen":"a","rejected":[{"role":"user","content":1}]}',
        '{"prompt":"p","chosen":"a"}',
        '7',
        '{"prompt":"q","chosen":"c","rejected":"d"}',
      ].join('\n'),
    )
    const errors: GuerdonError[] = []
    const { records, summary } = await read(path, {
      skipInvalid: true,
      onInvalid: (error) => errors.push(error),
    })
    expect(records).toHaveLength(2)
    expect(summary).toEqual({
      layout: 'trl-preference',
      record: 'preference',
      rows: 7,
      records: 2,
      skipped: 5,
      reasons: {
        'not readable as a row': 1,
        '"rejected" is missing': 2,
        '"rejected" has the wrong form': 1,
        'the row has the wrong form': 1,
      },
    })
    expect(errors.map(({ where }) => where.line)).toEqual([2, 3, 4, 5, 6])
  })

  it('fails on the first invalid row unless told to skip', async () => {
    const both = write('both.jsonl', '{"prompt":"p","completion":"c"}\n{"prompt":"p"}\nnot json\n')
    await expect(read(both, { layout: 'rollouts' })).rejects.toMatchObject({ where: { line: 2 } })
    const path = write(
      'first.jsonl',
      '{"prompt":"p","chosen":"a","rejected":"b"}\n{"prompt":"p","chosen":"a"}\n',
    )
    await expect(read(path)).rejects.toMatchObject({
      code: 'DATA_FIELD_MISSING',
      where: { file: path, line: 2, field: 'rejected' },
    })
  })

  it('says that a file is empty or has no usable row', async () => {
    await expect(read(write('e.jsonl', '\n\n'))).rejects.toMatchObject({ code: 'DATA_EMPTY' })
    await expect(read(write('e.csv', 'prompt,completion\n'))).rejects.toMatchObject({ code: 'DATA_EMPTY' })
    const path = write('all.jsonl', '{"prompt":"p","completion":1}\nx\n')
    await expect(read(path, { skipInvalid: true })).rejects.toThrow(
      /has no usable row.*Left out: 1 × "completion" has the wrong form, 1 × not readable as a row. The first: .*line 1/,
    )
    await expect(read(write('junk.jsonl', 'x\ny\n'), { skipInvalid: true })).rejects.toMatchObject({
      code: 'DATA_EMPTY',
    })
  })

  it('says which columns it found when they fit no layout, and takes them by --map', async () => {
    const path = write('qa.jsonl', '{"question":"2 + 2?","answer":"4"}\n')
    await expect(read(path)).rejects.toMatchObject({ code: 'FILE_FORMAT_UNKNOWN', found: 'question, answer' })
    const { records, summary } = await read(path, { map: { prompt: 'question', completion: 'answer' } })
    expect(summary.layout).toBe('rollouts')
    expect(records).toMatchObject([{ prompt: '2 + 2?', completion: '4' }])
    await expect(read(path, { layout: 'trl-prompt-only' })).rejects.toMatchObject({
      code: 'DATA_FIELD_MISSING',
    })
    expect(() => readRecords(path, { layout: 'no-such' })).toThrow(/no such layout.*hh-rlhf/)
  })

  it('finds optional columns that the first row lacks', async () => {
    const path = write(
      'late.jsonl',
      '{"prompt":"p","completion":"c"}\n{"prompt":"p","completion":"c","label":true}\n',
    )
    await expect(read(path)).rejects.toMatchObject({
      code: 'DATA_FIELD_MISSING',
      where: { field: 'label', line: 1 },
    })
  })

  it('says that records are of another type than asked for', async () => {
    const path = write('pairs-for-rollouts.jsonl', '{"prompt":"p","chosen":"a","rejected":"b"}\n')
    await expect(async () => {
      for await (const _ of readRecordsOf('rollout', path));
    }).rejects.toThrow(/trl-preference holds other records; expected rollout/)
  })

  it('says what a row lacks that is nearly a rollout', async () => {
    const path = write('answers.jsonl', '{"prompt":"p","response":"r"}\n')
    await expect(async () => {
      for await (const _ of readRecordsOf('rollout', path));
    }).rejects.toThrow(/line 1 "completion": is missing.*--map completion=response/)
  })

  it('goes on after the rows that were read before', async () => {
    const path = write('resume.jsonl', [1, 2, 3].map((n) => `{"prompt":"p","completion":"${n}"}\n`).join(''))
    expect((await read(path, { start: 2 })).records).toMatchObject([{ id: 'row-3', completion: '3' }])
  })
})

describe('typed cells', () => {
  it('types the cells of CSV by the layout and nothing else', async () => {
    const csv = [
      'prompt,response,helpfulness,correctness,coherence,complexity,verbosity,note',
      '12,True,4,3, 2 ,1,0,007',
    ].join('\n')
    const { records } = await read(write('h.csv', csv))
    expect(records).toMatchObject([
      {
        prompt: '12',
        completion: 'True',
        ratings: { helpfulness: 4, correctness: 3, coherence: 2, complexity: 1, verbosity: 0 },
        metadata: { note: '007' },
      },
    ])
    const wrong = write('w.csv', csv.replace(',4,3,', ',N/A,3,'))
    await expect(read(wrong)).rejects.toMatchObject({
      code: 'DATA_FIELD_INVALID',
      where: { file: wrong, line: 2, field: 'helpfulness' },
      found: 'N/A',
      expected: 'a number',
    })
  })

  it('reads messages, lists and Python booleans from CSV; an empty reply is empty', async () => {
    const csv = [
      'prompt,completion,label',
      '"[{""role"":""user"",""content"":""hi""}]",,True',
      'plain,[1],false',
    ].join('\n')
    expect((await read(write('kto.csv', csv))).records).toMatchObject([
      { prompt: [{ role: 'user', content: 'hi' }], completion: '', ratings: { label: 1 } },
      { prompt: 'plain', completion: '[1]', ratings: { label: 0 } },
    ])
    const bad = write('bad.csv', 'prompt,completion,label\np,c,yes\n')
    await expect(read(bad)).rejects.toMatchObject({
      where: { field: 'label', line: 2 },
      expected: 'true or false',
    })
  })

  it('reads lists of structs from Parquet and the same lists as JSON strings', async () => {
    const completions = [
      { rank: 1, completion: [{ role: 'assistant', content: 'a' }] },
      { rank: 0, completion: [{ role: 'assistant', content: 'b' }] },
    ]
    const context = [{ role: 'user', content: 'q' }]
    const expected = [{ ranks: [1, 0], prompt: context }]
    const nested = await openWriter(join(folder, 'nested.parquet'))
    await nested.write([{ context, completions }])
    await nested.commit()
    expect((await read(join(folder, 'nested.parquet'))).records).toMatchObject(expected)
    const strings = await openWriter(join(folder, 'strings.parquet'))
    await strings.write([{ context: JSON.stringify(context), completions: JSON.stringify(completions) }])
    await strings.commit()
    expect((await read(join(folder, 'strings.parquet'))).records).toMatchObject(expected)
  })
})

/** Public data sets that may stand beside the repository; what they must hold is known from their own files. */
const shared = (path: string) => fileURLToPath(new URL(`../../../../shared/data/${path}`, import.meta.url))
const without = (path: string) => {
  const absent = !existsSync(shared(path))
  if (absent) console.warn(`skipped: ../shared/data/${path} is not there`)
  return absent
}

describe('public files', () => {
  it.skipIf(without('hh-rlhf/harmless-base.jsonl.gz'))('hh-rlhf: 1,387 rows', async () => {
    const { records, summary } = await read(shared('hh-rlhf/harmless-base.jsonl.gz'))
    expect(summary).toMatchObject({
      layout: 'hh-rlhf',
      rows: 1387,
      records: 1384,
      reasons: { 'the prompts of chosen and rejected differ': 3 },
    })
    for (const pair of records as PreferencePair[]) {
      expect(pair.prompt.at(-1)).toMatchObject({ role: 'user' })
      expect(pair.chosen).not.toContain('\n\nAssistant:')
    }
  })

  it.skipIf(without('gsm8k/test.jsonl.gz'))('gsm8k by --map: 1,319 prompts with their answers', async () => {
    const options = { map: { input: 'question', label: 'answer' } }
    const { records, summary } = await read(shared('gsm8k/test.jsonl.gz'), options)
    expect(summary).toMatchObject({ layout: 'openrlhf-prompts', rows: 1319, records: 1319 })
    expect((records[0] as Prompt).reference).toMatch(/#### 18$/)
  })

  it.skipIf(without('llmbar/natural.json'))('llmbar: eight sets with the better output chosen', async () => {
    const sizes = {
      natural: 100,
      'adversarial-neighbor': 134,
      'adversarial-gptinst': 92,
      'adversarial-gptout': 47,
      'adversarial-manual': 46,
      'processed-faireval': 33,
      'processed-llmeval2': 100,
      'processed-mtbench': 100,
    }
    for (const [name, size] of Object.entries(sizes)) {
      const { summary } = await read(shared(`llmbar/${name}.json`))
      expect(summary).toMatchObject({ layout: 'llmbar', rows: size, records: size })
    }
  })

  it.skipIf(without('judgebench/gpt-4o-sample.jsonl.gz'))(
    'judgebench: 100 pairs with their categories',
    async () => {
      const { records, summary } = await read(shared('judgebench/gpt-4o-sample.jsonl.gz'))
      expect(summary).toMatchObject({ layout: 'judgebench', records: 100, skipped: 0 })
      expect((records[0] as PreferencePair).category).toBe('mmlu-pro-law')
    },
  )

  it.skipIf(without('rewardmath/scores-beaver_reward.json.gz'))(
    'rewardmath by --map: ten solutions a problem',
    async () => {
      const map = { prompt: 'problem', completions: 'solution_reference', scores: 'score' }
      const { records, summary } = await read(shared('rewardmath/scores-beaver_reward.json.gz'), { map })
      expect(summary).toMatchObject({ layout: 'listwise', record: 'ranking', skipped: 0 })
      expect(summary.records).toBe(241)
      expect(records[0]).toMatchObject({ scores: { length: 10 }, completions: { length: 10 } })
    },
  )
})

describe('a gzipped CSV', () => {
  it('is read by its name', async () => {
    const path = write('z.csv.gz', gzipSync('prompt,completion\na,b\n'))
    expect((await read(path)).records).toMatchObject([{ prompt: 'a', completion: 'b' }])
  })
})
