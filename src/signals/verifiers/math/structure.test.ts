import { describe, expect, it } from 'vitest'
import type { Expression } from './expression.ts'
import { parseAnswer } from './parse-answer.ts'
import { structureOf, withoutCommonTerms } from './structure.ts'
import { tokenise } from './tokenise.ts'

const parse = (text: string): Expression => parseAnswer(tokenise(text), 0)!

describe('structureOf', () => {
  it.each([
    ['a+b+c', '(c+a)+b'],
    ['xyz', 'z(yx)'],
    ['\\sin(a+b)', '\\sin(b+a)'],
    ['2(x+1)^3', '(1+x)^3\\cdot 2'],
  ])('sorts and flattens %s like %s', (a, b) => {
    expect(structureOf(parse(a))).toBe(structureOf(parse(b)))
  })

  it.each([
    ['a+b', 'ab'],
    ['a^b', 'b^a'],
    ['\\sin a', '\\cos a'],
    ['a-b', 'b-a'],
    ['x', 'X'],
    ['pi', 'p\\cdot i'],
  ])('keeps %s and %s apart', (a, b) => {
    expect(structureOf(parse(a))).not.toBe(structureOf(parse(b)))
  })
})

describe('withoutCommonTerms', () => {
  it('cancels each term once', () => {
    const [a, b] = withoutCommonTerms(parse('\\sin x+y+y+1'), parse('y+\\sin x+2'))
    expect(structureOf(a)).toBe(structureOf(parse('y+1')))
    expect(structureOf(b)).toBe('2')
  })

  it('leaves zero where nothing is left', () => {
    expect(withoutCommonTerms(parse('a+b'), parse('b+a')).map(structureOf)).toEqual(['0', '0'])
  })
})
