import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type BatchPart, decodeStoredText } from './batch-lines.ts'
import { completionLength, TextReader, TextWriter, tableBytes, tableOf } from './text-store.ts'

/** Any UTF-16, lone surrogates, NUL and the escape character too. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom('a', 'ä', '😀', '\ud800', '\udc00', '\0', '\u001a') }),
)

describe('texts of a batch', () => {
  it('come back as they were, whatever was written before them', () => {
    const writer = new TextWriter()
    const row = fc.tuple(fc.option(text), text)
    fc.assert(
      fc.property(fc.array(row, { maxLength: 12 }), (rows) => {
        const given = rows.map(([prompt, completion], index) => [
          index === 0 ? (prompt ?? '') : prompt,
          completion,
        ])
        const parts: BatchPart[] = ['in front', ...given.flat()]
        const { ends, bytes } = writer.write(parts, 1, 2 * rows.length)
        const reader = new TextReader(tableBytes(ends), bytes)
        let before = ''
        for (const [index, [prompt, completion]] of given.entries()) {
          before = prompt ?? before
          expect(decodeStoredText(reader.prompt(index))).toBe(before)
          expect(decodeStoredText(reader.completion(index))).toBe(completion)
          expect(completionLength(ends, index)).toBe(completion!.length)
        }
      }),
    )
  })

  it('keep messages, whose length is not known', () => {
    const messages = [{ role: 'user', content: 'a\0\ud800' }]
    const { ends, bytes } = new TextWriter().write(['p', { messages: JSON.stringify(messages) }], 0, 2)
    const reader = new TextReader(tableBytes(ends), bytes)
    expect(decodeStoredText(reader.completion(0))).toEqual(messages)
    expect(completionLength(ends, 0)).toBeUndefined()
  })

  it('name the row that a prompt was written with', () => {
    const { ends, bytes } = new TextWriter().write(['p', 'a', null, 'b', null, 'c', 'q', 'd'], 0, 8)
    const reader = new TextReader(tableBytes(ends), bytes)
    expect([0, 1, 2, 3].map((row) => reader.promptRow(row))).toEqual([0, 0, 0, 3])
    expect(reader.prompt(2)).toEqual({ text: 'p' })
  })

  it('are read from bytes that lie anywhere', () => {
    const { ends } = new TextWriter().write(['p', 'abc'], 0, 2)
    const shifted = new Uint8Array(ends.byteLength + 1)
    shifted.set(tableBytes(ends), 1)
    expect(tableOf(shifted.subarray(1))).toEqual(ends)
  })
})
