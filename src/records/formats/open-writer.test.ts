import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import type { Message, Rollout, Text } from '../rollout.ts'
import { isMessages } from './fields.ts'
import { rolloutRow, rollouts } from './layouts/rollouts.ts'
import { openWriter } from './open-writer.ts'
import { readRecordsOf } from './read-records.ts'
import { readRows } from './read-rows.ts'

const folder = mkdtempSync(join(tmpdir(), 'guerdon-writer-'))
const at = (name: string) => join(folder, name)
afterEach(() => {
  for (const name of readdirSync(folder)) rmSync(at(name))
})

const text = fc.string({ unit: 'binary' })
const finite = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .map((value) => (Object.is(value, -0) ? 0 : value))
const message: fc.Arbitrary<Message> = fc.record({
  role: fc.constantFrom('user', 'assistant', 'system'),
  content: fc.oneof(text, fc.constant(null), fc.array(fc.record({ type: fc.constant('text'), text }))),
})
/** A string that holds the JSON of a list is refused by CSV and Parquet; that has a test of its own. */
const isListText = (value: string) => {
  try {
    return Array.isArray(JSON.parse(value))
  } catch {
    return false
  }
}
const plainText = text.filter((value) => !isListText(value))
const chat: fc.Arbitrary<Text> = fc.oneof(plainText, fc.array(message))
const names = text.filter((name) => name !== '__proto__')

const rollout = fc
  .record(
    {
      id: text,
      group: text,
      prompt: chat,
      completion: chat,
      reference: fc.oneof(plainText, fc.array(text)),
      steps: fc.array(fc.record({ text, tokens: fc.nat(), tool: fc.boolean() }, { requiredKeys: ['text'] })),
      tokens: fc.array(fc.nat()),
      referenceLogprobs: fc.array(finite),
      referenceCompletions: fc.array(text),
      referenceScores: fc.dictionary(names, fc.array(finite)),
      finishReason: text,
      step: finite,
      user: text,
      category: text,
      columns: fc.dictionary(names, fc.oneof(finite, text, fc.boolean(), fc.constant(null))),
      metadata: fc.dictionary(names, fc.oneof(finite, text, fc.array(fc.boolean()))),
    },
    { requiredKeys: ['id', 'group', 'prompt', 'completion'] },
  )
  .chain((base) =>
    base.tokens === undefined
      ? fc.constant(base as Rollout)
      : fc
          .array(finite, { minLength: base.tokens.length, maxLength: base.tokens.length })
          .map((logprobs): Rollout => ({ ...(base as Rollout), logprobs })),
  )

async function store(path: string, all: readonly Rollout[], rowGroupSize = 3): Promise<void> {
  await using writer = await openWriter(path, { columns: rollouts.columns, rowGroupSize })
  for (let from = 0; from < all.length; from += 2)
    await writer.write(all.slice(from, from + 2).map(rolloutRow))
  await writer.commit()
}

async function load(path: string): Promise<Rollout[]> {
  const all: Rollout[] = []
  for await (const batch of readRecordsOf('rollout', path, { layout: 'rollouts' })) all.push(...batch)
  return all
}

/** Objects of rollouts may come from Parquet and JSON with or without a prototype: compare what they hold. */
const plain = (value: unknown) => JSON.parse(JSON.stringify(value))

describe('what is written is read back', () => {
  it.each(['jsonl', 'jsonl.gz', 'json', 'csv', 'parquet'])('rollouts through %s', async (ending) => {
    await fc.assert(
      fc.asyncProperty(fc.array(rollout, { minLength: 1, maxLength: 8 }), async (all) => {
        const path = at(`round.${ending}`)
        await store(path, all)
        expect(plain(await load(path))).toEqual(plain(all))
      }),
      { numRuns: 150 },
    )
  })

  it('keeps lone surrogates in JSONL and refuses them where they would be lost', async () => {
    const lone: Rollout = { id: 'a', group: 'g', prompt: 'x\ud800', completion: 'y' }
    await store(at('a.jsonl'), [lone])
    expect(await load(at('a.jsonl'))).toEqual([lone])
    for (const ending of ['csv', 'parquet']) {
      await expect(store(at(`a.${ending}`), [lone])).rejects.toMatchObject({
        code: 'DATA_FIELD_INVALID',
        where: { line: 1, field: 'prompt' },
      })
    }
  })

  it('refuses a string that would be read back as messages', async () => {
    const content = '[{"role":"user","content":"x"}]'
    expect(isMessages(JSON.parse(content))).toBe(true)
    const tricky: Rollout = { id: 'a', group: 'g', prompt: content, completion: 'y' }
    await store(at('b.jsonl'), [tricky])
    expect(await load(at('b.jsonl'))).toEqual([tricky])
    for (const ending of ['csv', 'parquet']) {
      await expect(store(at(`b.${ending}`), [tricky])).rejects.toMatchObject({ code: 'DATA_FIELD_INVALID' })
    }
  })

  it('stores messages that come after a row group of strings', async () => {
    const all: Rollout[] = [
      { id: 'a', group: 'g', prompt: 'one', completion: 'x' },
      { id: 'b', group: 'g', prompt: [{ role: 'user', content: 'two' }], completion: 'y' },
    ]
    await store(at('c.parquet'), all, 1)
    expect(await load(at('c.parquet'))).toEqual(all)
  })

  it('types undeclared columns by the first rows', async () => {
    const rows = [
      { name: 'a', size: 1.5, right: true, list: [1, 'x'] },
      { name: 'b', size: 2, right: false, list: { x: null } },
    ]
    const writer = await openWriter(at('d.parquet'))
    await writer.write(rows)
    await writer.commit()
    const read: unknown[] = []
    for await (const batch of readRows(at('d.parquet'))) read.push(...batch.map(({ value }) => value))
    expect(read).toEqual(rows)
  })

  it.each(['csv', 'parquet'])(
    '%s refuses a column that comes late and a value of another type',
    async (ending) => {
      const columns = { size: { type: 'number' } } as const
      const late = await openWriter(at(`e.${ending}`), { columns, rowGroupSize: 1 })
      await expect(
        late.write([{ size: 1 }]).then(() => late.write([{ size: 2, more: 3 }])),
      ).rejects.toMatchObject({
        code: 'DATA_FIELD_INVALID',
        where: { line: 2, field: 'more' },
      })
      await late.abort()
      const wrong = await openWriter(at(`f.${ending}`), { columns, rowGroupSize: 1 })
      await expect(wrong.write([{ size: 'large' }])).rejects.toMatchObject({ code: 'DATA_FIELD_INVALID' })
      await wrong.abort()
      expect(readdirSync(folder)).toEqual([])
    },
  )
})

describe('a file is there whole or not at all', () => {
  it.each(['jsonl', 'jsonl.gz', 'json', 'csv', 'parquet'])('%s', async (ending) => {
    const path = at(`whole.${ending}`)
    writeFileSync(path, 'before')
    const rows = Array.from({ length: 5000 }, (_, index) => ({ text: `row ${index} ${'x'.repeat(500)}` }))

    const aborted = await openWriter(path)
    await aborted.write(rows)
    expect(readdirSync(folder)).toHaveLength(2)
    await aborted.abort()
    expect(readdirSync(folder)).toEqual([`whole.${ending}`])
    expect(readFileSync(path, 'utf8')).toBe('before')

    await expect(async () => {
      await using writer = await openWriter(path)
      await writer.write(rows)
      throw new Error('stopped')
    }).rejects.toThrow('stopped')
    expect(readFileSync(path, 'utf8')).toBe('before')

    const writer = await openWriter(path)
    await writer.write(rows)
    expect(readFileSync(path, 'utf8')).toBe('before')
    await writer.commit()
    await writer.abort()
    expect(writer.rows).toBe(5000)
    expect(readdirSync(folder)).toEqual([`whole.${ending}`])
    let count = 0
    for await (const batch of readRows(path)) {
      for (const { value } of batch) expect(value).toEqual(rows[count++])
    }
    expect(count).toBe(5000)
  })

  it('writes gzip and JSON that others read, and empty files', async () => {
    const gz = await openWriter(at('a.jsonl.gz'))
    await gz.write([{ a: 1 }])
    await gz.commit()
    expect(gunzipSync(readFileSync(at('a.jsonl.gz'))).toString()).toBe('{"a":1}\n')
    for (const [name, content] of [
      ['e.jsonl', ''],
      ['e.json', '[]\n'],
    ] as const) {
      const writer = await openWriter(at(name))
      await writer.commit()
      expect(readFileSync(at(name), 'utf8')).toBe(content)
    }
    const parquet = await openWriter(at('e.parquet'), { columns: rollouts.columns })
    await parquet.commit()
    for await (const batch of readRows(at('e.parquet'))) expect(batch).toEqual([])
  })

  it('tells a folder that is not there', async () => {
    await expect(openWriter(at('none/a.jsonl'))).rejects.toMatchObject({ code: 'FILE_MISSING' })
    await expect(openWriter(at('a.xyz'))).rejects.toMatchObject({ code: 'FILE_FORMAT_UNKNOWN' })
  })
})
