import { expect, test } from 'vitest'
import { anatomyQuery, groupsQuery, parseQuery, rowsQuery, seriesQuery } from './parse-query.ts'

const read = (schema: Parameters<typeof parseQuery>[0], query: string) =>
  parseQuery(schema, new URLSearchParams(query))

test('defaults, numbers and booleans', () => {
  expect(read(seriesQuery, '')).toEqual({ points: 400 })
  expect(read(seriesQuery, 'from=3&to=1e2&points=10&key=secret')).toEqual({ from: 3, to: 100, points: 10 })
  expect(read(rowsQuery, 'valid=false&text=&limit=500')).toEqual({
    valid: false,
    order: 'newest',
    limit: 500,
  })
  expect(read(groupsQuery, 'filter=spread')).toEqual({ filter: 'spread', sort: 'newest', limit: 20 })
})

test.each([
  [seriesQuery, 'points=0', '"points": is no whole number from 1 to 400 (found: "0")'],
  [seriesQuery, 'from=1e999', '"from": is too large (found: "1e999")'],
  [seriesQuery, 'from=0x10', '"from": is no number (found: "0x10")'],
  [rowsQuery, 'valid=1', '"valid": has no such value; expected one of true, false (found: "1")'],
  [anatomyQuery, 'form=1', '"form": is no field of this query; expected one of from, to'],
] as const)('%# %s', (schema, query, sentence) => {
  expect(() => read(schema, query)).toThrow(sentence)
})
