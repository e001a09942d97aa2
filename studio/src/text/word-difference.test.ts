import fc from 'fast-check'
import { expect, test } from 'vitest'
import { differences } from './word-difference.ts'

const marked = (base: string, text: string): string[] =>
  differences(base, text).map(({ start, end }) => text.slice(start, end))

test.each([
  ['the cat sat', 'the dog sat', ['dog']],
  ['22 + 52 = 74. The answer is \\boxed{74}.', '22 + 52 = 84. The answer is \\boxed{84}.', ['84', '84']],
  ['a b', 'a b c d', ['c d']],
  ['a b c', 'a c', []],
  ['', 'new text', ['new text']],
])('%j → %j', (base, text, expected) => expect(marked(base, text)).toEqual(expected))

const words = fc
  .array(fc.constantFrom('a', 'b', 'c', ' ', '.'), { maxLength: 30 })
  .map((parts) => parts.join(''))

test('what is not marked is a subsequence of the base; equal texts have no marks', () => {
  fc.assert(
    fc.property(words, words, (base, text) => {
      expect(differences(text, text)).toEqual([])
      let rest = text
      for (const { start, end } of differences(base, text).reverse())
        rest = rest.slice(0, start) + rest.slice(end)
      let at = 0
      for (const character of rest.replace(/\s/g, '')) {
        at = base.indexOf(character, at)
        expect(at).toBeGreaterThanOrEqual(0)
      }
    }),
  )
})

test('texts too long for the table are marked from the first difference to the last', () => {
  const long = Array.from({ length: 2000 }, (_, index) => `w${index}`)
  const other = long.map((word, index) => (index === 5 || index === 1995 ? 'x' : word))
  const [mark, ...more] = differences(long.join(' '), other.join(' '))
  expect(more).toEqual([])
  expect(other.join(' ').slice(mark!.start, mark!.end).split(' ')).toHaveLength(1991)
})
