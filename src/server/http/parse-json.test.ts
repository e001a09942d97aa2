import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GuerdonError } from '../../records/error.ts'
import { firstJsonFault } from './json-fault.ts'
import { parseJson } from './parse-json.ts'

describe('parseJson', () => {
  it('reads what JSON.stringify writes, with or without a byte order mark', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.boolean(), (value, marked) => {
        const text = JSON.stringify(value)
        expect(parseJson(Buffer.from(marked ? `\ufeff${text}` : text))).toEqual(JSON.parse(text))
      }),
    )
  })

  it('refuses exactly what the native parser refuses, with a place inside the text', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"a"',
      '"\\u00',
      '\\',
      ',',
      ':',
      '1',
      '-',
      '0',
      '.5',
      'e3',
      'true',
      ' ',
      '\n',
      '\t',
      '"',
      'NaN',
    )
    fc.assert(
      fc.property(fc.array(pieces, { minLength: 1, maxLength: 12 }), (parts) => {
        const text = parts.join('')
        let valid = true
        try {
          JSON.parse(text)
        } catch {
          valid = false
        }
        if (valid) return
        expect(() => parseJson(Buffer.from(text))).toThrow(GuerdonError)
        const { line, column } = firstJsonFault(text)
        const lines = text.split('\n')
        expect(line).toBeLessThanOrEqual(lines.length)
        expect(column).toBeGreaterThanOrEqual(1)
        expect(column).toBeLessThanOrEqual(lines[line - 1]!.length + 1)
      }),
      { numRuns: 2000 },
    )
  })

  it('bounds nesting, and takes brackets inside strings for text', () => {
    expect(parseJson(Buffer.from(`${'['.repeat(256)}${']'.repeat(256)}`))).toBeDefined()
    expect(() => parseJson(Buffer.from('['.repeat(257)))).toThrow('nested too deeply at byte 256')
    const text = JSON.stringify(`\\"${'[{'.repeat(1000)}\\`)
    expect(parseJson(Buffer.from(text))).toBe(JSON.parse(text))
  })

  it('never quotes the text', () => {
    expect(() => parseJson(Buffer.from('{"a": "private" oops}'))).toThrow(/^(?!.*(private|oops))/)
  })
})
