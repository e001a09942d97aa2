import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Mark, oneLine, piecesOf } from './pieces.ts'

const anyMarks = fc.array(
  fc.record({
    start: fc.nat(60),
    end: fc.nat(60),
    kind: fc.constantFrom('evidence' as const, 'different' as const),
  }),
)

test('pieces give back the whole text, in order, with any marks', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 50 }), anyMarks, (text, marks: Mark[]) => {
      const pieces = piecesOf(text, marks)
      const back = pieces
        .map((piece) =>
          piece.escaped ? String.fromCodePoint(Number.parseInt(piece.text.slice(3, -1), 16)) : piece.text,
        )
        .join('')
      expect(back).toBe(text)
      for (let index = 1; index < pieces.length; index++)
        expect(pieces[index]!.start).toBeGreaterThan(pieces[index - 1]!.start)
    }),
  )
})

test.each([
  '\u202e',
  '\u200b',
  '\u2066',
  '\ufeff',
  '\u0000',
  '\u00ad',
  '\u2028',
  '\u{e0041}',
  '\u3164',
  '\ufe0f',
  '\ud800',
])('an unseen character is drawn as an escape: %j', (character) => {
  expect(piecesOf(`a${character}b`, []).map(({ escaped }) => escaped)).toEqual([false, true, false])
})

test('line ends, tabs and letters of any script stay as they are', () => {
  expect(piecesOf('a\n\tбウ😀é', [])).toHaveLength(1)
  expect(oneLine('a\r\nb\u202ec', 10)).toBe('a⏎b\\u{202e}c')
  expect(oneLine('abcdef', 3)).toBe('abc…')
})
