import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { jsonLines } from './json-lines.ts'
import { type ReadPair, type ReadPairsOptions, readPairs } from './read-pairs.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'guerdon-pairs-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const file = (name: string, content: string | Buffer): string => {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}

async function linesOf(path: string, gzip = false) {
  const lines: { text: string | undefined; line: number; code?: string }[] = []
  for await (const batch of jsonLines(path, gzip))
    for (const { text, line, error } of batch)
      lines.push({ text, line, ...(error === undefined ? {} : { code: error.code }) })
  return lines
}

async function pairsOf(files: readonly string[], options: ReadPairsOptions = {}) {
  const reader = readPairs(files, options)
  const pairs: ReadPair[] = []
  for await (const batch of reader.batches) pairs.push(...batch)
  return { pairs, summary: reader.summary }
}

describe('lines', () => {
  test('come with their numbers, whatever ends them and whatever stands before the first', async () => {
    const path = file('plain.jsonl', '\ufeff{"a":1}\r\n\n  \n{"b":"ä"} \n{"c":3}')
    expect(await linesOf(path)).toEqual([
      { text: '{"a":1}', line: 1 },
      { text: '{"b":"ä"}', line: 4 },
      { text: '{"c":3}', line: 5 },
    ])
    expect(await linesOf(file('empty.jsonl', ''))).toEqual([])
  })

  test('are whole across chunks of the file, also zipped', async () => {
    const texts = Array.from({ length: 300 }, (_, index) =>
      JSON.stringify({ index, text: 'ö'.repeat(3000 + index * 7) }),
    )
    const content = texts.join('\n')
    expect((await linesOf(file('long.jsonl', content))).map(({ text }) => text)).toEqual(texts)
    expect((await linesOf(file('long.jsonl.gz', gzipSync(content)), true)).map(({ text }) => text)).toEqual(
      texts,
    )
  })

  test('that are no UTF-8 are errors of their own', async () => {
    const path = file(
      'latin.jsonl',
      Buffer.concat([Buffer.from('{"a":1}\n{"b":"'), Buffer.from([0xe4]), Buffer.from('"}\n{"c":1}\n')]),
    )
    expect(await linesOf(path)).toEqual([
      { text: '{"a":1}', line: 1 },
      { text: undefined, line: 2, code: 'DATA_NOT_JSON' },
      { text: '{"c":1}', line: 3 },
    ])
  })
})

describe('pairs', () => {
  test('say where they come from; a broken row ends the reading or is counted', async () => {
    const good = '{"prompt":"p","chosen":"a","rejected":"b"}'
    const path = file('mixed.jsonl', `${good}\nnonsense\n${good}\n{"prompt":"p","chosen":"a"}\n`)
    await expect(pairsOf([path])).rejects.toMatchObject({ code: 'DATA_NOT_JSON', where: { line: 2 } })
    const { pairs, summary } = await pairsOf([path, path], { skipInvalid: true })
    expect(pairs.map((pair) => [pair.file, pair.line])).toEqual([
      [0, 1],
      [0, 3],
      [1, 1],
      [1, 3],
    ])
    expect(summary).toMatchObject({ rows: 8, pairs: 4 })
    expect(summary.leftOut).toEqual({ 'not readable as a row': 2, '"rejected" missing or wrong': 2 })
  })

  test('are not made of other records, of nothing, or of missing files', async () => {
    const samples = join(import.meta.dirname, '..', '..', '..', 'test', 'samples')
    await expect(pairsOf([join(samples, 'ultrafeedback.jsonl')])).rejects.toThrow('holds no preference pairs')
    await expect(pairsOf([file('none.jsonl', '\n')])).rejects.toMatchObject({ code: 'DATA_EMPTY' })
    await expect(
      pairsOf([file('bad.jsonl', '{"prompt":1,"chosen":"a","rejected":"b"}')], { skipInvalid: true }),
    ).rejects.toMatchObject({ code: 'DATA_EMPTY' })
    await expect(pairsOf([join(folder, 'absent.jsonl')])).rejects.toMatchObject({ code: 'FILE_MISSING' })
    await expect(pairsOf([file('other.jsonl', '{"x":1}')])).rejects.toThrow('fit no layout')
  })

  test('come out of CSV and JSON arrays, too, under the names of a map', async () => {
    const csv = file('pairs.csv', 'question,chosen,rejected,score_chosen,score_rejected\np,a,b,2,1\n')
    const { pairs } = await pairsOf([csv], { map: { prompt: 'question' } })
    expect(pairs[0]!.pair).toMatchObject({ prompt: 'p', chosen: 'a', scores: { chosen: 2, rejected: 1 } })
    const array = file('pairs.json', '[{"question":"p","chosen":"a","rejected":"b"}]')
    expect((await pairsOf([array], { map: { prompt: 'question' } })).pairs).toHaveLength(1)
    const lines = file('pairs.jsonl', '{"question":"p","chosen":"a","rejected":"b"}')
    const read = (await pairsOf([lines], { map: { prompt: 'question' } })).pairs[0]!
    expect(read.pair.prompt).toBe('p')
    expect(read.fields).toEqual({ question: 'p', chosen: 'a', rejected: 'b' })
  })
})
