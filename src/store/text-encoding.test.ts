import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeText, encodeText } from './text-encoding.ts'

/** any UTF-16 code units, lone surrogates, NUL and the escape character among them */
const anyText = fc
  .array(fc.oneof(fc.constantFrom(0, 0x1a, 0x61, 0xd83d, 0xde00), fc.nat(0xffff)))
  .map((units) => String.fromCharCode(...units))

describe('texts as databases keep them', () => {
  it('every string comes back', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const stored = encodeText(text)
        expect(stored.isWellFormed()).toBe(true)
        expect(stored).not.toContain('\0')
        expect(Buffer.from(stored, 'utf8').toString('utf8')).toBe(stored)
        expect(decodeText(stored)).toBe(text)
      }),
    )
  })

  it('plain texts stay as they are', () => {
    expect(encodeText('Grüße 😀\n')).toBe('Grüße 😀\n')
  })

  it('different texts stay different', () => {
    fc.assert(
      fc.property(anyText, anyText, (a, b) => {
        expect(encodeText(a) === encodeText(b)).toBe(a === b)
      }),
    )
  })
})
