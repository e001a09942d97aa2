import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TOKENIZERS, tokenize } from './tokenizers.ts'
import { isWhitespace, trim } from './whitespace.ts'

describe('13a', () => {
  test.each([
    ['The cat sat on the mat.', 'The cat sat on the mat .'],
    // Full stops and commas between digits stay; apostrophes and hyphens are no punctuation.
    ["Hello, world! It's 3.14 o'clock-ish (really).", "Hello , world ! It's 3.14 o'clock-ish ( really ) ."],
    ['U.S.A. e.g. 1,000.5', 'U . S . A . e . g . 1,000.5'],
    // A hyphen after a digit stands apart, one before a digit does not.
    ['10-3 a-3 5--', '10 - 3 a-3 5 - -'],
    ['x = "5" & y<2', 'x = " 5 " & y < 2'],
    ['&quot;a&quot; &amp;lt; &gt;', '" a " < >'],
    ['<skipped>wo-\nrd', 'word'],
    ['tabs\tand\u00a0no-break\u3000spaces\u0085end', 'tabs and no-break spaces end'],
    // Not white space to Python.
    ['a\u200bb c\ufeffd', 'a\u200bb c\ufeffd'],
    ['今天天气很好。我们', '今天天气很好。我们'],
    // The rule for a point after a non-digit uses up the point before it.
    ['.5 ..5 ...5', '. 5 . .5 . . . 5'],
    ['1..2 1.,2', '1 . . 2 1 . , 2'],
    ['', ''],
  ])('%j', (text, tokens) => {
    expect(tokenize(text, '13a').join(' ')).toBe(tokens)
  })
})

describe('other tokenisers', () => {
  test('none cuts at white space and char at every character', () => {
    expect(tokenize(' a.b  c', 'none')).toEqual(['a.b', 'c'])
    expect(tokenize('a 𝕏。', 'char')).toEqual(['a', '𝕏', '。'])
  })

  test('zh sets Chinese characters apart, and does not pad: a final point after a digit stays', () => {
    expect(tokenize('我有3.5个。', 'zh')).toEqual(['我', '有', '3.5', '个', '。'])
    expect(tokenize('page 3.', 'zh')).toEqual(['page', '3.'])
    // Through a range that is compared as text, dashes and curly quotes count as Chinese.
    expect(tokenize('a—b “c”', 'zh')).toEqual(['a', '—', 'b', '“', 'c', '”'])
  })

  test('intl sets Unicode punctuation and symbols apart unless numbers stand on both sides', () => {
    expect(tokenize("It's 3.14€, ok-ish", 'intl')).toEqual([
      'It',
      "'",
      's',
      '3.14',
      '€',
      ',',
      'ok',
      '-',
      'ish',
    ])
  })
})

test('tokens are never empty, never hold white space, and lose nothing but white space', () => {
  const text = fc
    .array(fc.constantFrom(...'ab5.,-&\'"/\n\t ', ' ', '我', '。', '—', '€', '𝕏', '\u00a0', '...', '1.5'), {
      maxLength: 30,
    })
    .map((parts) => parts.join(''))
  const plain = (value: string) => Array.from(value).filter((unit) => !isWhitespace(unit.charCodeAt(0)))
  fc.assert(
    fc.property(text, fc.constantFrom(...TOKENIZERS), (value, tokenizer) => {
      fc.pre(!value.includes('-\n'))
      const tokens = tokenize(value, tokenizer)
      for (const token of tokens) expect(token === '' || trim(token) !== token).toBe(false)
      expect(Array.from(tokens.join(''))).toEqual(plain(value))
    }),
  )
})
