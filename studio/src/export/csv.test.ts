import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { csv } from './csv.ts'

test('every text comes back from a CSV reader, with an apostrophe only where it would be a formula', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.string({ unit: 'binary' }), { minLength: 2, maxLength: 2 })), (body) => {
      const read: string[][] = parse(csv({ head: ['a', 'b'], body }), { relax_column_count: false })
      const expected = body.map((line) => line.map((text) => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text)))
      expect(read.slice(1)).toEqual(expected)
    }),
  )
})

test('numbers stay numbers, nothing stays empty', () => {
  expect(csv({ head: ['a', 'b'], body: [[-1.5, null]] })).toBe('a,b\r\n-1.5,\r\n')
})
