import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseExact, parseTests, sameResult, sameValue, testsOf } from './test-cases.ts'

test('inputs and outputs are standard input and output, numbers and lists of lines included', () => {
  expect(parseTests('{"inputs": ["1\\n2", ["a", "b"], 7], "outputs": ["3", ["c"], 8]}')).toEqual([
    { kind: 'stdin', stdin: '1\n2', expected: '3' },
    { kind: 'stdin', stdin: 'a\nb', expected: 'c' },
    { kind: 'stdin', stdin: '7', expected: '8' },
  ])
})

test('with fn_name an input is a list of arguments or one JSON value a line', () => {
  const expected = { kind: 'call', name: 'add', arguments: '[1,[2,3]]', expected: { a: 1 } }
  expect(
    parseTests({ fn_name: 'add', inputs: [[1, [2, 3]], '1\n[2, 3]'], outputs: [{ a: 1 }, '{"a": 1}'] }),
  ).toEqual([expected, expected])
})

test('a list of objects, of assertions, and JSON inside JSON', () => {
  const list = [
    { stdin: '2', expected: '4' },
    { input: '3', output: '6' },
  ]
  const parsed = [
    { kind: 'stdin', stdin: '2', expected: '4' },
    { kind: 'stdin', stdin: '3', expected: '6' },
  ]
  expect(parseTests(list)).toEqual(parsed)
  expect(parseTests(JSON.stringify(JSON.stringify(list)))).toEqual(parsed)
  expect(parseTests(['assert f(1) == 2'])).toEqual([{ kind: 'assert', assertion: 'assert f(1) == 2' }])
  expect(parseTests({ inputs: [], outputs: [], assert_case: ['assert g()'] })).toEqual([
    { kind: 'assert', assertion: 'assert g()' },
  ])
})

test('no tests are an empty list, broken ones say what is wrong', () => {
  for (const none of [undefined, null, '', '[]', []]) expect(parseTests(none)).toEqual([])
  expect(() => parseTests('{oops')).toThrow('the tests are not JSON')
  expect(() => parseTests({ inputs: ['1'], outputs: [] })).toThrow('same length')
  expect(() => parseTests({ cases: [] })).toThrow('none of inputs')
  expect(() => parseTests([{ stdin: '1' }])).toThrow('no expected output')
  expect(() => parseTests({ fn_name: 'f(); import os', inputs: [[]], outputs: [1] })).toThrow(
    'no name of a function',
  )
  expect(() => parseTests({ fn_name: 'f', inputs: ['nope'], outputs: [1] })).toThrow('not JSON')
})

test('a rollout gives its metadata first, then its column', () => {
  const rollout = { id: 'r', group: 'g', prompt: '', completion: '' }
  expect(testsOf({ ...rollout, metadata: { tests: [1] }, columns: { tests: '[2]' } })).toEqual([1])
  expect(testsOf({ ...rollout, columns: { tests: '[2]' } })).toBe('[2]')
  expect(testsOf(rollout)).toBeUndefined()
})

test('whole numbers beyond 2 to the 53rd are told apart', () => {
  expect(sameResult('9007199254740993', parseExact('9007199254740993'))).toBe(true)
  expect(sameResult('9007199254740993', parseExact('9007199254740992'))).toBe(false)
  expect(sameResult('3.0', 3)).toBe(true)
  expect(sameResult('true', 1)).toBe(false)
  expect(sameResult('[1, 2]', [2, 1])).toBe(false)
  expect(sameResult('{"b": 1, "a": 2}', { a: 2, b: 1 })).toBe(true)
  expect(sameResult('{"a": 1}', { __proto__: null, a: 1, b: 2 })).toBe(false)
  expect(sameResult('not json', 'not json')).toBe(false)
})

test('every JSON value equals its own text and no other value', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), fc.jsonValue(), (left, right) => {
      const exact = parseExact(JSON.stringify(left))
      expect(sameResult(JSON.stringify(left), exact)).toBe(true)
      const other = parseExact(JSON.stringify(right))
      expect(sameValue(exact, other)).toBe(sameValue(other, exact))
    }),
  )
})
