import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { ByteWriter, parquetWrite } from 'hyparquet-writer'
import { afterAll, describe, expect, it } from 'vitest'
import { GuerdonError } from '../error.ts'
import { parseColumnMap } from './map-columns.ts'
import { readJsonArray } from './read-json-array.ts'
import { readJsonl } from './read-jsonl.ts'
import { type OpenRowsOptions, readRows } from './read-rows.ts'
import type { Row } from './row.ts'

const folder = mkdtempSync(join(tmpdir(), 'guerdon-rows-'))
afterAll(() => rmSync(folder, { recursive: true }))

function write(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

async function rowsOf(batches: AsyncIterable<Row[]>): Promise<Row[]> {
  const rows: Row[] = []
  for await (const batch of batches) rows.push(...batch)
  return rows
}

const read = (path: string, options?: OpenRowsOptions) => rowsOf(readRows(path, options))

async function failure(promise: Promise<unknown>): Promise<GuerdonError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(GuerdonError)
  return error as GuerdonError
}

describe('JSONL', () => {
  it('reads lines with a byte order mark, CRLF, blank lines and no last newline', async () => {
    const path = write('a.jsonl', '\ufeff{"a":1}\r\n\r\n  \n{"a":"ü"}\r\n\t{"a":3}')
    expect(await read(path)).toEqual([
      { value: { a: 1 }, line: 1 },
      { value: { a: 'ü' }, line: 4 },
      { value: { a: 3 }, line: 5 },
    ])
  })

  it('tells the line that is no JSON, and why', async () => {
    const error = await failure(read(write('b.jsonl', '{"a":1}\n\n{"a":\n')))
    expect(error).toMatchObject({ code: 'DATA_NOT_JSON', where: { line: 3 }, found: '{"a":' })
  })

  it('says that NaN is not JSON', async () => {
    const error = await failure(read(write('c.jsonl', '{"a": NaN}\n')))
    expect(error.message).toContain('NaN and Infinity are not JSON')
  })

  it('tells the line that is not UTF-8, and skips only that one', async () => {
    const broken = Buffer.concat([
      Buffer.from('{"a":"é"}\n{"a":"'),
      Buffer.from([0xe9]),
      Buffer.from('"}\n{"a":3}\n'),
    ])
    const path = write('d.jsonl', broken)
    expect(await failure(read(path))).toMatchObject({ code: 'DATA_NOT_JSON', where: { line: 2 } })
    const errors: GuerdonError[] = []
    const rows = await read(path, { skipInvalid: true, onInvalid: (error) => errors.push(error) })
    expect(rows).toEqual([
      { value: { a: 'é' }, line: 1 },
      { value: { a: 3 }, line: 3 },
    ])
    expect(errors).toHaveLength(1)
  })

  it('starts after rows that were read before, unreadable ones counted', async () => {
    const path = write('e.jsonl', '{"a":1}\n\nbroken\n{"a":3}\n{"a":4}\n')
    expect(await read(path, { start: 2 })).toEqual([
      { value: { a: 3 }, line: 4 },
      { value: { a: 4 }, line: 5 },
    ])
  })

  it('reads the same rows however the bytes are cut into chunks', async () => {
    const line = fc.oneof(
      fc.json({ maxDepth: 2 }).map((text) => text.replaceAll('\n', ' ')),
      fc.constant(''),
      fc.constant(' \r'),
      fc.constant('{"ü":"日本語🦊"}'),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(line),
        fc.integer({ min: 1, max: 17 }),
        fc.boolean(),
        async (lines, size, newline) => {
          const bytes = Buffer.from(lines.join('\n') + (newline ? '\n' : ''))
          async function* chunks() {
            for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
          }
          const expected = lines
            .map((text, index) => ({ text: text.trim(), line: index + 1 }))
            .filter(({ text }) => text !== '')
            .map(({ text, line }) => ({ value: JSON.parse(text), line }))
          expect(await rowsOf(readJsonl(chunks(), 'x'))).toEqual(expected)
        },
      ),
    )
  })

  it('reads a line of 60 MB and refuses one of more than 64 MB without holding back the next', async () => {
    const long = `{"text":"${'x'.repeat(60 << 20)}"}\n`
    const tooLong = `{"text":"${'x'.repeat(65 << 20)}"}\n`
    const path = write('long.jsonl', `${long}${tooLong}{"a":3}\n`)
    const errors: GuerdonError[] = []
    const rows = await read(path, { skipInvalid: true, onInvalid: (error) => errors.push(error) })
    expect(rows.map(({ line }) => line)).toEqual([1, 3])
    expect((rows[0]!.value as { text: string }).text).toHaveLength(60 << 20)
    expect(errors.map(({ message }) => message)).toEqual([
      expect.stringContaining('line 2: is longer than 64 MB'),
    ])
  })

  it('hands over batches of the size asked for', async () => {
    const path = write('f.jsonl', '{"a":1}\n'.repeat(10))
    const sizes: number[] = []
    for await (const batch of readRows(path, { batchSize: 4 })) sizes.push(batch.length)
    expect(sizes).toEqual([4, 4, 2])
  })

  it('unzips by content, whatever the name, and joined gzip files too', async () => {
    const zipped = Buffer.concat([gzipSync('{"a":1}\n'), gzipSync('{"a":2}\n')])
    for (const name of ['g.jsonl.gz', 'g.jsonl']) {
      expect((await read(write(name, zipped))).map(({ value }) => value)).toEqual([{ a: 1 }, { a: 2 }])
    }
  })

  it('tells a gzip file that ends early or is damaged', async () => {
    const whole = gzipSync(Buffer.from('{"a":1}\n'.repeat(1000)))
    const early = await failure(read(write('h.jsonl.gz', whole.subarray(0, whole.length - 12))))
    expect(early).toMatchObject({ code: 'FILE_FORMAT_UNKNOWN' })
    expect(early.message).toContain('ends early')
    const bad = Buffer.from(whole)
    bad[14]! ^= 0xff
    bad[20]! ^= 0xff
    expect((await failure(read(write('i.jsonl.gz', bad)))).message).toContain('gzip data')
  })
})

describe('JSON array', () => {
  it('reads elements with their lines', async () => {
    const path = write('a.json', '\ufeff [\n {"a": "]},{\\"\\\\"},\n\n {"b": [1, {"c": 2}]}, 3, "x,y" ]\n')
    expect(await read(path)).toEqual([
      { value: { a: ']},{"\\' }, line: 2 },
      { value: { b: [1, { c: 2 }] }, line: 4 },
      { value: 3, line: 4 },
      { value: 'x,y', line: 4 },
    ])
  })

  it('reads the same elements however the bytes are cut and the array is laid out', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.jsonValue({ maxDepth: 3 })),
        fc.integer({ min: 1, max: 13 }),
        fc.constantFrom(undefined, 1),
        async (values, size, indent) => {
          const bytes = Buffer.from(JSON.stringify(values, undefined, indent))
          async function* chunks() {
            for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
          }
          const rows = await rowsOf(readJsonArray(chunks(), 'x'))
          expect(JSON.stringify(rows.map(({ value }) => value))).toBe(JSON.stringify(values))
        },
      ),
    )
  })

  it.each([
    ['[{"a":1}', 'ends early'],
    ['[{"a":1},', 'ends early'],
    ['[', 'ends early'],
    ['[{"a":1}] x', 'text follows'],
    ['[{"a":1},]', 'comma'],
    ['[,1]', 'missing'],
    ['"text"', 'does not begin'],
    ['[{"a" 1}]', 'is not JSON'],
  ])('refuses %s', async (text, message) => {
    const error = await failure(read(write('bad.json', text)))
    expect(error.code).toBe('DATA_NOT_JSON')
    expect(error.message).toContain(message)
  })

  it('takes a .json file of lines for lines, skips broken elements, and starts later', async () => {
    expect(await read(write('l.json', '\n{"a":1}\n{"a":2}\n'))).toHaveLength(2)
    const path = write('s.json', '[{"a":1},{"a" 2},{"a":3},{"a":4}]')
    const errors: GuerdonError[] = []
    const rows = await read(path, { skipInvalid: true, onInvalid: (error) => errors.push(error), start: 1 })
    expect(rows.map(({ value }) => value)).toEqual([{ a: 3 }, { a: 4 }])
    expect(errors).toHaveLength(1)
  })
})

describe('CSV', () => {
  it('keeps every cell a string and tells empty from missing', async () => {
    const path = write('a.csv', '\ufeffa,b,c\r\n1,true,\r\n"x ""y""\nz","",3\r\n')
    expect(await read(path)).toEqual([
      { value: { a: '1', b: 'true' }, line: 2 },
      { value: { a: 'x "y"\nz', b: '', c: '3' }, line: 3 },
    ])
  })

  it('tells the line with too few or too many cells', async () => {
    const path = write('b.csv', 'a,b\n1,2\n3\n4,5,6\n7,8\n')
    expect(await failure(read(path))).toMatchObject({ code: 'DATA_FIELD_INVALID', where: { line: 3 } })
    const rows = await read(path, { skipInvalid: true, start: 1 })
    expect(rows).toEqual([{ value: { a: '7', b: '8' }, line: 5 }])
  })

  it('tells an open quote, a header with a name twice, and bytes that are not UTF-8', async () => {
    expect((await failure(read(write('c.csv', 'a\n"x\n')))).code).toBe('DATA_NOT_JSON')
    expect((await failure(read(write('d.csv', 'a,a\n1,2\n')))).code).toBe('DATA_FIELD_INVALID')
    const latin = Buffer.concat([Buffer.from('a\nok\n'), Buffer.from([0xe9]), Buffer.from('\n')])
    expect(await failure(read(write('e.csv', latin)))).toMatchObject({
      code: 'DATA_NOT_JSON',
      where: { line: 3 },
    })
  })
})

describe('Parquet', () => {
  it('reads row groups with numbers of 64 bits, dates, nested lists and JSON', async () => {
    const writer = new ByteWriter()
    parquetWrite({
      writer,
      columnData: [
        { name: 'text', data: ['a', 'b', 'c'], type: 'STRING' },
        { name: 'big', data: [1n, 2n ** 60n, 3n], type: 'INT64' },
        { name: 'when', data: [0, 1, 2].map((day) => new Date(day * 86_400_000)), type: 'TIMESTAMP' },
        { name: 'nested', data: [[{ x: 1 }], [], null], type: 'JSON' },
        { name: 'image', data: [new Uint8Array([0xff, 0xd8]), null, null], type: 'BYTE_ARRAY' },
      ],
      rowGroupSize: 2,
    })
    const rows = await read(write('a.parquet', writer.getBytes()))
    expect(rows.map(({ line }) => line)).toEqual([1, 2, 3])
    expect(rows[0]!.value).toMatchObject({
      text: 'a',
      big: 1,
      when: '1970-01-01T00:00:00.000Z',
      nested: [{ x: 1 }],
    })
    expect((rows[0]!.value as { image: unknown }).image).toEqual(new Uint8Array([0xff, 0xd8]))
    // Beyond 2^53 a number would be another one: its digits stay.
    expect(rows[1]!.value).toMatchObject({ big: '1152921504606846976', nested: [] })
    expect(await read(join(folder, 'a.parquet'), { start: 1, batchSize: 1 })).toHaveLength(2)
  })

  it('tells a file that is cut off or something else', async () => {
    const writer = new ByteWriter()
    parquetWrite({ writer, columnData: [{ name: 'a', data: ['x'.repeat(100)], type: 'STRING' }] })
    const cut = write('cut.parquet', writer.getBytes().slice(0, -20))
    expect((await failure(read(cut))).code).toBe('FILE_FORMAT_UNKNOWN')
    expect((await failure(read(write('text.parquet', 'hello, this is text')))).code).toBe(
      'FILE_FORMAT_UNKNOWN',
    )
  })
})

describe('files', () => {
  it('tells a missing file, a folder and an unknown ending', async () => {
    expect((await failure(read(join(folder, 'none.jsonl')))).code).toBe('FILE_MISSING')
    expect((await failure(read(folder))).code).toBe('FILE_MISSING')
    expect((await failure(read(write('a.xyz', '{}')))).code).toBe('FILE_FORMAT_UNKNOWN')
    expect(await read(write('b.xyz', '{}'), { format: 'jsonl' })).toHaveLength(1)
  })

  it('gives no rows for an empty file', async () => {
    for (const name of ['empty.jsonl', 'empty.json', 'empty.csv'])
      expect(await read(write(name, ''))).toEqual([])
  })

  it('renames columns, also from inside one', async () => {
    const path = write('map.jsonl', '{"question":"q","reward_model":{"ground_truth":"4"},"prompt":"old"}\n')
    const map = parseColumnMap(['prompt=question', 'reference=reward_model.ground_truth'])
    expect((await read(path, { map }))[0]!.value).toEqual({
      prompt: 'q',
      reference: '4',
      reward_model: { ground_truth: '4' },
    })
    expect(() => parseColumnMap(['prompt'])).toThrow(GuerdonError)
  })
})
