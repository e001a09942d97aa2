import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { convert, rankingPairs } from './convert.ts'
import { type AnyRecord, readRecords } from './read-records.ts'

const folder = mkdtempSync(join(tmpdir(), 'guerdon-convert-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string) => join(folder, name)
const sample = (name: string) =>
  fileURLToPath(new URL(`../../../test/samples/${name}.jsonl`, import.meta.url))

async function read(path: string) {
  const reader = readRecords(path)
  const records: AnyRecord[] = []
  for await (const batch of reader) records.push(...batch)
  return { records, layout: reader.summary.layout }
}

describe('convert to rollouts', () => {
  it('makes two rollouts of one group from a pair, whatever the container', async () => {
    for (const ending of ['jsonl', 'csv', 'parquet']) {
      const path = at(`pairs.${ending}`)
      const summary = await convert(sample('helpsteer2-preference'), path, { to: 'rollouts' })
      expect(summary).toMatchObject({ layout: 'helpsteer2-preference', rows: 3, records: 3, written: 6 })
      const { records, layout } = await read(path)
      expect(layout).toBe('rollouts')
      expect(records).toMatchObject([
        { id: 'row-1-chosen', completion: 'The Baltic Sea.', columns: { chosen: true } },
        { id: 'row-1-rejected', completion: 'A lake.', columns: { chosen: false } },
        { completion: 'An oak.', columns: { chosen: true } },
        { completion: 'Grass.', columns: { chosen: false } },
        { completion: 'A robin.', columns: {} },
        { completion: 'A wren.', columns: {} },
      ])
      const [first, second, third] = records as { group: string }[]
      expect(first!.group).toBe(second!.group)
      expect(first!.group).not.toBe(third!.group)
      expect((records[4] as { columns: object }).columns).not.toHaveProperty('chosen')
    }
  })

  it('keeps ratings and scores as columns, and leaves out what is missing', async () => {
    await convert(sample('ultrafeedback'), at('ratings.jsonl'), { to: 'rollouts' })
    const { records } = await read(at('ratings.jsonl'))
    const [, second] = records as { columns: Record<string, number> }[]
    expect(second!.columns).toEqual({
      instruction_following: 2,
      truthfulness: 1,
      helpfulness: 1,
      overall_score: 2,
      'fine-grained_score': 3.5,
    })
    await convert(sample('listwise'), at('list.jsonl'), { to: 'rollouts' })
    expect(
      (await read(at('list.jsonl'))).records.map((record) => (record as { columns: object }).columns),
    ).toEqual([{ score: 1 }, { score: 0.2 }, { score: -3 }, { rank: 2 }, { rank: 1 }])
  })

  it('keeps the steps of step labels', async () => {
    await convert(sample('prm800k'), at('steps.jsonl'), { to: 'rollouts' })
    expect((await read(at('steps.jsonl'))).records[0]).toMatchObject({
      completion: '3 * 4 = 12.\n2 + 12 = 14.',
      steps: [{ text: '3 * 4 = 12.' }, { text: '2 + 12 = 14.' }],
      metadata: { stepLabels: [1, 1] },
      reference: '14',
    })
  })
})

describe('convert to preference pairs', () => {
  it('makes every pair of a ranking whose scores differ', async () => {
    expect(
      rankingPairs({ id: 'a', prompt: 'p', completions: ['x', 'y', 'z'], scores: [1, 0, 1], source: 's' }),
    ).toEqual([
      {
        id: 'a-0-1',
        prompt: 'p',
        chosen: 'x',
        rejected: 'y',
        strength: 1,
        scores: { chosen: 1, rejected: 0 },
        source: 's',
      },
      {
        id: 'a-2-1',
        prompt: 'p',
        chosen: 'z',
        rejected: 'y',
        strength: 1,
        scores: { chosen: 1, rejected: 0 },
        source: 's',
      },
    ])
    const summary = await convert(sample('nemo-preference'), at('pairs.parquet'), { to: 'trl-preference' })
    expect(summary).toMatchObject({ records: 2, written: 4 })
    const { records, layout } = await read(at('pairs.parquet'))
    expect(layout).toBe('trl-preference')
    expect(records[0]).toMatchObject({
      chosen: [{ content: 'The sun.' }],
      rejected: [{ content: 'A lamp.' }],
    })
  })

  it('keeps a pair what it is: strength, tie, scores, category and source', async () => {
    for (const ending of ['jsonl', 'csv', 'parquet']) {
      for (const name of [
        'helpsteer2-preference',
        'ultrafeedback-binarized',
        'hh-rlhf',
        'rewardbench',
        'judgebench',
      ]) {
        const before = (await read(sample(name))).records.map((record) => ({
          ...record,
          metadata: undefined,
        }))
        await convert(sample(name), at(`same.${ending}`), { to: 'trl-preference' })
        const { records, layout } = await read(at(`same.${ending}`))
        expect(layout).toBe('trl-preference')
        expect(JSON.parse(JSON.stringify(records))).toEqual(JSON.parse(JSON.stringify(before)))
      }
    }
  })

  it('refuses what cannot become the target and leaves no file', async () => {
    for (const [name, to] of [
      ['verl', 'rollouts'],
      ['helpsteer2', 'trl-preference'],
      ['rollouts', 'trl-preference'],
    ] as const) {
      await expect(convert(sample(name), at('never.jsonl'), { to })).rejects.toMatchObject({
        code: 'FILE_FORMAT_UNKNOWN',
      })
    }
    writeFileSync(
      at('half.jsonl'),
      '{"prompt":"p","chosen":"a","rejected":"b"}\n{"prompt":"p","chosen":"a"}\n',
    )
    await expect(convert(at('half.jsonl'), at('never.jsonl'), { to: 'rollouts' })).rejects.toMatchObject({
      where: { line: 2 },
    })
    expect(readdirSync(folder).filter((name) => name.includes('never'))).toEqual([])
    const skipped = await convert(at('half.jsonl'), at('some.jsonl'), { to: 'rollouts', skipInvalid: true })
    expect(skipped).toMatchObject({ skipped: 1, written: 2, reasons: { '"rejected" is missing': 1 } })
  })
})
