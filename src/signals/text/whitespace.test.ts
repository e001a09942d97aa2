import { expect, test } from 'vitest'
import { isWhitespace, trim, trimEnd } from './whitespace.ts'

test('is Python’s white space, not JavaScript’s', () => {
  const spaces: string[] = []
  for (let code = 0; code <= 0xffff; code++) {
    if (isWhitespace(code)) spaces.push(code.toString(16))
  }
  expect(spaces.join(' ')).toBe(
    '9 a b c d 1c 1d 1e 1f 20 85 a0 1680 2000 2001 2002 2003 2004 2005 2006 2007 2008 2009 200a 2028 2029 202f 205f 3000',
  )
})

test('trims ends and nothing else', () => {
  expect(trim('\u00a0 a b\u3000\n')).toBe('a b')
  expect(trim('\ufeffa')).toBe('\ufeffa')
  expect(trim(' \t')).toBe('')
  expect(trimEnd(' a ')).toBe(' a')
})
