import { expect, it } from 'vitest'
import { parseParameters } from '../../kinds/method.ts'
import { compilePattern, patternProblem, regularExpression } from './regular-expression.ts'

const plain = { caseSensitive: true, multiline: false, dotMatchesNewline: false }

it('says why RE2 cannot take a pattern', () => {
  expect(patternProblem('(?=a)b')).toMatch(/look-around/)
  expect(patternProblem('(?<!a)b')).toMatch(/look-around/)
  expect(patternProblem('(a)\\1')).toMatch(/back-reference/)
  expect(patternProblem('(a')).toMatch(/not a pattern/)
  expect(patternProblem('^a+$')).toBeUndefined()
})

it('refuses such a pattern as a parameter, naming it', () => {
  expect(() => parseParameters(regularExpression, { pattern: '(a)\\1' })).toThrow(
    expect.objectContaining({ code: 'PARAMETER_INVALID', where: { field: 'regular-expression.pattern' } }),
  )
  expect(() => compilePattern('(?=a)b', plain)).toThrow(/look-around/)
})

it('obeys its flags', () => {
  expect(compilePattern('^b', plain).matcher('a\nb').find()).toBe(false)
  expect(
    compilePattern('^b', { ...plain, multiline: true })
      .matcher('a\nb')
      .find(),
  ).toBe(true)
  expect(compilePattern('a.b', { ...plain, dotMatchesNewline: true }).matches('a\nb')).toBe(true)
  expect(compilePattern('A', { ...plain, caseSensitive: false }).matches('a')).toBe(true)
})

it('stays linear where a backtracking engine never returns', () => {
  const start = performance.now()
  expect(compilePattern('^(a+)+$', plain).matches(`${'a'.repeat(20_000)}b`)).toBe(false)
  expect(performance.now() - start).toBeLessThan(10_000)
})
