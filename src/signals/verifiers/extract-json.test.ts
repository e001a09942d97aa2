import fc from 'fast-check'
import { expect, it } from 'vitest'
import { extractJson } from './extract-json.ts'

it.each([
  ['{"a":1}', { a: 1 }],
  ['Here: {"a":1} done', { a: 1 }],
  ['```json\n[1, 2]\n```', [1, 2]],
  ['{"a":1} then {"b":2}', { b: 2 }],
  ['text {"x":"}"} end', { x: '}' }],
  ['{"a":{"b":[1,{"c":2}]}}', { a: { b: [1, { c: 2 }] } }],
  ['on [0, 1) we have {"a":"\\""}', { a: '"' }],
  ['{"a":1} and {"b":', { a: 1 }],
])('reads %j', (completion, value) => {
  expect(extractJson(completion)?.value).toEqual(value)
})

it.each(["{'a':1}", '{"a":NaN}', '{"a":1,}', '{"a":1 // c\n}', '', '42', '{"a":{"b":1}', '{"a":\n"x\n"}'])(
  'finds none in %j',
  (completion) => {
    expect(extractJson(completion)).toBeUndefined()
  },
)

it('finds any object or array between words', () => {
  const json = fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue()))
  fc.assert(
    fc.property(json, (value) => {
      const text = JSON.stringify(value)
      const found = extractJson(`so (${text}), done`)
      expect(found?.value).toEqual(JSON.parse(text))
      expect(found?.start).toBe(4)
    }),
  )
})
