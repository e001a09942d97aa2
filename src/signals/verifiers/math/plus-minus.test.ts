import { describe, expect, it } from 'vitest'
import { equivalent } from './equivalent.ts'
import { parseAnswer } from './parse-answer.ts'
import { withoutSigns } from './plus-minus.ts'
import { tokenise } from './tokenise.ts'

const expanded = (text: string) => withoutSigns(parseAnswer(tokenise(text), 0)!)

describe('withoutSigns', () => {
  it('returns answers without signs as they are', () => {
    const node = parseAnswer(tokenise('(1, x+2)'), 0)!
    expect(withoutSigns(node)).toBe(node)
  })

  it.each([
    ['\\pm 2', '2, -2'],
    ['1\\pm\\sqrt2', '1+\\sqrt2, 1-\\sqrt2'],
    ['\\pm 1\\pm i', '1+i, 1-i, -1+i, -1-i'],
    ['1\\pm 2\\mp 3', '0, 2'],
    ['x=\\pm 2', 'x=2, x=-2'],
    ['(\\pm 1, 2)', '(1,2), (-1,2)'],
    ['\\{\\pm 1, 0\\}', '\\{-1, 0, 1\\}'],
  ])('%s is %s', (answer, list) => {
    expect(equivalent(list, answer).verdict).toBe('equal')
  })

  it('gives up on more than four independent signs', () => {
    expect(expanded('\\pm 1\\pm 2\\pm 3\\pm 4\\pm 5')).toBeUndefined()
  })
})
