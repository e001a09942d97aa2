import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mixedKey, normalisedText, textKey } from './content-key.ts'

test('keys are whole numbers below 2^53, the same for the same text, other for another', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (one, other) => {
      expect(Number.isSafeInteger(textKey(one)) && textKey(one) >= 0).toBe(true)
      expect(textKey(one) === textKey(other)).toBe(one === other)
      expect(textKey(one, 1)).not.toBe(textKey(one, 2))
      expect(mixedKey(textKey(one), textKey(other)) === mixedKey(textKey(other), textKey(one))).toBe(
        one === other,
      )
      expect(Number.isSafeInteger(mixedKey(textKey(one), 3)) && mixedKey(textKey(one), 3) >= 0).toBe(true)
    }),
  )
})

test('a hundred thousand similar texts get as many keys', () => {
  const keys = new Set<number>()
  for (let index = 0; index < 100_000; index++) keys.add(textKey(`row ${index}`))
  expect(keys.size).toBe(100_000)
})

test('white space and Unicode forms do not make another text, case does', () => {
  expect(normalisedText(' a \n\n b\t')).toBe('a b')
  expect(normalisedText('ﬁne')).toBe('fine')
  expect(normalisedText('A')).not.toBe(normalisedText('a'))
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(normalisedText(normalisedText(text))).toBe(normalisedText(text))
    }),
  )
})
