import { describe, expect, it } from 'vitest'
import { choiceOf, isChoiceLetter } from './choice.ts'
import { tokenise } from './tokenise.ts'

describe('choiceOf', () => {
  it.each([
    ['A', 'A', false],
    ['(A)', 'A', true],
    ['(b)', 'b', true],
    ['C.', 'C', true],
    ['D)', 'D', true],
    ['\\textbf{(E) } 12', 'E', true],
    ['\\text{C}', 'C', false],
    ['B. \\frac12', 'B', true],
    ['Option B', 'B', true],
  ])('finds the letter of %s', (answer, letter, isMarked) => {
    expect(choiceOf(tokenise(answer))).toMatchObject({ letter, isMarked })
  })

  it.each(['A, B', 'A or B', 'AB', '(A)(B)', 'A+1', '(A) 5 (B) 6', '(A) B', '(12)', 'x = 5', ''])(
    'finds none in %s',
    (answer) => {
      expect(choiceOf(tokenise(answer))).toBeUndefined()
    },
  )

  it('tells choices from variables', () => {
    expect(isChoiceLetter({ letter: 'A', isMarked: false, content: 1 })).toBe(true)
    expect(isChoiceLetter({ letter: 'x', isMarked: false, content: 1 })).toBe(false)
    expect(isChoiceLetter({ letter: 'b', isMarked: true, content: 1 })).toBe(true)
    expect(isChoiceLetter({ letter: 'b', isMarked: false, content: 1 })).toBe(false)
  })
})
