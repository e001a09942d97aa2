import { describe, expect, it } from 'vitest'
import { newComparison } from './compare.ts'
import { DEFAULT_OPTIONS } from './comparison.ts'
import { parseAnswer } from './parse-answer.ts'
import { compareRealSets } from './real-set.ts'
import { tokenise } from './tokenise.ts'

const compared = (a: string, b: string): string | undefined =>
  compareRealSets(parseAnswer(tokenise(a), 0)!, parseAnswer(tokenise(b), 0)!, newComparison(DEFAULT_OPTIONS))

describe('compareRealSets', () => {
  it.each([
    ['[1,2]\\cup[2,3]', '[1,3]'],
    ['(0,1)\\cup\\{1\\}\\cup(1,2)', '(0,2)'],
    ['(0,2)\\setminus\\{1\\}', '(0,1)\\cup(1,2)'],
    ['\\mathbb{R}\\setminus[0,\\infty)', '(-\\infty,0)'],
    ['(0,3)\\cap[1,5]', '[1,3)'],
    ['(3,4)\\cup(1,2)', '(1,2)\\cup(3,4)'],
    ['3x-1\\le 8', '(-\\infty,3]'],
    ['-2<1-x\\le 4', '[-3,3)'],
    ['x<0 \\text{ or } x>1', '(-\\infty,0)\\cup(1,\\infty)'],
    ['x<0, x>1', '(-\\infty,0)\\cup(1,\\infty)'],
    ['x>0 \\text{ and } x<1', '(0,1)'],
    ['x\\ne 0, x\\ne 1', '(-\\infty,0)\\cup(0,1)\\cup(1,\\infty)'],
    ['(-\\sqrt{2},\\frac{\\pi}{2})', '-\\sqrt2<x<\\frac{\\pi}{2}'],
    ['(1,2)\\cap(3,4)', '\\emptyset'],
    ['(0, 0.333333)', '0<x<\\frac13'],
  ])('%s is %s', (a, b) => {
    expect(compared(a, b)).toBe('equal')
    expect(compared(b, a)).toBe('equal')
  })

  it.each([
    ['[1,2)\\cup(2,3]', '[1,3]'],
    ['(0,1]', '(0,1)'],
    ['x>2', 'x\\ge 2'],
    ['x>2', 'y>2'],
    ['(0,1)', '(0,1)\\cup(2,3)'],
    ['(-\\infty,3)', '(3,\\infty)'],
  ])('%s is not %s', (a, b) => {
    expect(compared(a, b)).toBe('different')
  })

  it.each(['(2,1)', '(a,b)', 'x^2<1', 'x<y', '(1,2,3)', '5', '\\mathbb{Z}', '\\langle 1,2\\rangle'])(
    'leaves %s to other rungs',
    (text) => {
      expect(compared(text, text)).toBeUndefined()
    },
  )
})
