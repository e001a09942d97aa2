import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  characterCount,
  countOccurrences,
  firstCharacter,
  hasDigit,
  isDigits,
  lastCharacters,
  parseFloatText,
  splitWords,
  strip,
} from './python-text.ts'

it('strips and splits at the white space Python knows, and at no other', () => {
  expect(strip('\u001c\u0085 a \u3000')).toBe('a')
  expect(strip('\ufeffa')).toBe('\ufeffa')
  expect(splitWords('a  b\t a\nb a b')).toEqual(['a', 'b', 'a', 'b', 'a', 'b'])
  expect(splitWords(' \n ')).toEqual([])
})

it('counts characters, not UTF-16 units', () => {
  expect(lastCharacters('a𝒜b', 2)).toBe('𝒜b')
  expect(characterCount('a𝒜b')).toBe(3)
  expect(firstCharacter('𝒜b')).toBe('𝒜')
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(20), (text, count) => {
      const characters = Array.from(text)
      expect(lastCharacters(text, count)).toBe(count === 0 ? '' : characters.slice(-count).join(''))
      expect(characterCount(text)).toBe(characters.length)
    }),
  )
})

it('reads numbers as float() does', () => {
  expect(parseFloatText(' 1e-1 ')).toBe(0.1)
  expect(parseFloatText('1_000.5')).toBe(1000.5)
  expect(parseFloatText('-.5')).toBe(-0.5)
  expect(parseFloatText('5.')).toBe(5)
  expect(parseFloatText('-Infinity')).toBe(Number.NEGATIVE_INFINITY)
  expect(parseFloatText('٠.5')).toBe(0.5)
  expect(parseFloatText('९𝟗９')).toBe(999)
  expect(parseFloatText('nan')).toBeNaN()
  for (const text of ['', '.', '90%', '1__0', '0x10', '1e', '1 2'])
    expect(parseFloatText(text)).toBeUndefined()
})

it('knows digits beyond 0 to 9', () => {
  expect(hasDigit('x²')).toBe(true)
  expect(hasDigit('x')).toBe(false)
  expect(isDigits('12')).toBe(true)
  expect(isDigits('')).toBe(false)
  expect(isDigits('1.2')).toBe(false)
})

it('counts without overlaps', () => {
  expect(countOccurrences('aaaa', 'aa')).toBe(2)
})
