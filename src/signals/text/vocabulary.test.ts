import fc from 'fast-check'
import { expect, test } from 'vitest'
import { scanTokens, TokenSpans } from './tokenizers.ts'
import { Vocabulary } from './vocabulary.ts'

function spansOf(text: string): TokenSpans {
  const spans = new TokenSpans()
  scanTokens(text, 'none', spans)
  return spans
}

test('equal tokens of any texts share a number, others never do, before and after a clear', () => {
  // Around eight characters, at Latin-1's end and beyond it: the three ways in which a token is compared.
  const word = fc
    .array(fc.constantFrom('a', 'b', '\u00ff', '\u0100', '我', 'abcdefg', '𝕏'), {
      minLength: 1,
      maxLength: 4,
    })
    .map((parts) => parts.join(''))
  const words = fc.array(word, { maxLength: 200 })
  const vocabulary = new Vocabulary()
  fc.assert(
    fc.property(words, words, (known, asked) => {
      vocabulary.clear()
      const spans = spansOf(known.join(' '))
      const numbers = new Int32Array(spans.count)
      vocabulary.add(spans, numbers, 0)
      const expected = new Map<string, number>()
      for (let index = 0; index < spans.count; index++) {
        const token = spans.token(index)
        if (!expected.has(token)) expected.set(token, expected.size)
        expect(numbers[index]).toBe(expected.get(token))
      }
      expect(vocabulary.size).toBe(expected.size)
      const questions = spansOf(asked.join(' '))
      const found = new Int32Array(questions.count)
      vocabulary.find(questions, found)
      for (let index = 0; index < questions.count; index++) {
        expect(found[index]).toBe(expected.get(questions.token(index)) ?? -1)
      }
    }),
  )
})

test('grows past its first size', () => {
  const vocabulary = new Vocabulary()
  const spans = spansOf(Array.from({ length: 5000 }, (_, index) => `w${index}`).join(' '))
  const numbers = new Int32Array(5000)
  vocabulary.add(spans, numbers, 0)
  expect(vocabulary.size).toBe(5000)
  vocabulary.find(spans, numbers)
  expect(numbers[4321]).toBe(4321)
})
