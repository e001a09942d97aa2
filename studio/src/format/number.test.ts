import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ago, counted, decimal, duration, percent, signed, whole } from './number.ts'

test.each([
  [0, '0'],
  [1, '1'],
  [0.35795, '0.358'],
  [-2.4749, '\u22122.475'],
  [123.456, '123.5'],
  [12345.6, '12\u202f346'],
  [0.00001, '1.0e\u22125'],
  [1.4e-16, '0'],
  [null, '–'],
])('decimal(%s) is %s', (value, text) => expect(decimal(value)).toBe(text))

test('a number reads back as itself, within the digits that are shown', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), (value) => {
      const back = Number(decimal(value).replaceAll('\u202f', '').replaceAll('\u2212', '-'))
      expect(Math.abs(back - value)).toBeLessThanOrEqual(
        Math.abs(value) >= 1000 ? 0.5 : Math.abs(value) >= 100 ? 0.05 : 0.0005000001,
      )
    }),
  )
})

test('shares, times, counts and ages', () => {
  expect(signed(-0.4)).toBe('\u22120.40')
  expect(signed(0.0046)).toBe('+0.00')
  expect(percent(0.923)).toBe('92 %')
  expect(percent(0.017)).toBe('1.7 %')
  expect(duration(0.0004)).toBe('400 µs')
  expect(duration(0.25)).toBe('250 ms')
  expect(counted(1, 'row')).toBe('1 row')
  expect(counted(2000, 'row')).toBe('2\u202f000 rows')
  expect(whole(-1234567)).toBe('\u22121\u202f234\u202f567')
  expect(ago(0, 3 * 3_600_000)).toBe('3 h ago')
})
