import { describe, expect, it } from 'vitest'
import { newComparison } from './compare.ts'
import { DEFAULT_OPTIONS } from './comparison.ts'
import { type Expression, numberNode } from './expression.ts'
import { matchItems } from './match-items.ts'
import { parseAnswer } from './parse-answer.ts'
import { rational } from './rational.ts'
import { tokenise } from './tokenise.ts'

const items = (text: string): Expression[] => text.split(' ').map((item) => parseAnswer(tokenise(item), 0)!)
const matched = (a: readonly Expression[], b: readonly Expression[]): string =>
  matchItems(a, b, newComparison(DEFAULT_OPTIONS))

describe('matchItems', () => {
  it('finds a matching in any order', () => {
    expect(matched(items('1 x \\sqrt8'), items('2\\sqrt2 1.0 x'))).toBe('equal')
    expect(matched(items('1 1 2'), items('1 2 2'))).toBe('different')
    expect(matched(items('1 2'), items('1'))).toBe('different')
  })

  it('is undecided where only an undecided pair is left', () => {
    expect(matched(items('1 \\sqrt{x^2}'), items('x 1'))).toBe('undecided')
  })

  it('exchanges partners where the first choice blocks another', () => {
    // 0.333333 agrees with 1/3 and with 0.3333334, 1/3 with the first only
    const [a, b] = [items('0.333333 \\frac13'), items('\\frac13 0.3333334')]
    expect(matched(a, b)).toBe('equal')
    expect(matched([...a].reverse(), b)).toBe('equal')
  })

  it('sorts long lists by value', () => {
    const numbers = Array.from({ length: 500 }, (_, index) => numberNode(rational((index * 7919) % 500)))
    const sorted = Array.from({ length: 500 }, (_, index) => numberNode(rational(index)))
    expect(matched(numbers, sorted)).toBe('equal')
    expect(matched(numbers, sorted.with(3, numberNode(rational(1000))))).toBe('different')
    expect(matched(Array(100).fill(items('x')[0]), Array(100).fill(items('x')[0]))).toBe('undecided')
  })
})
