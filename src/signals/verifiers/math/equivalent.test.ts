import { describe, expect, it } from 'vitest'
import { equivalent, goldProblem, prepareGold } from './equivalent.ts'

describe('equivalent', () => {
  it.each([
    ['7', '7', 0],
    ['\\frac{1}{2}', '\\dfrac{1}{2}', 0],
    ['1', '1.0', 1],
    ['1,2', '2,1', 2],
    ['x=5', '5=x', 3],
    ['x(x+1)', 'x^2+x', 4],
    ['\\sin(2x)', '2\\sin x\\cos x', 5],
    ['Monday', 'monday', 6],
  ])('tells which rung accepted %s ¦ %s', (gold, answer, rung) => {
    const { verdict, rung: decided, evidence } = equivalent(gold, answer)
    expect([verdict, decided]).toEqual(['equal', rung])
    expect(evidence).not.toBe('')
  })

  it.each([
    ['', 'the gold answer is empty'],
    ['  ', 'the gold answer is empty'],
    ['\\frac{1}{', 'the gold answer is not an expression of the grammar'],
    ['\\int_0^1 x\\,dx', 'the gold answer is not an expression of the grammar'],
    ['x+'.repeat(3000), 'the gold answer is too long'],
  ])('says that the gold answer %j is the problem', (gold, problem) => {
    expect(equivalent(gold, '5')).toMatchObject({ verdict: 'undecided', goldProblem: problem })
    expect(goldProblem(prepareGold(gold))).toBe(problem)
  })

  it('accepts an unparsable gold answer that comes back unchanged', () => {
    const same = equivalent('\\int_0^1 x dx', '\\int_0^1 x\\,dx')
    expect(same).toMatchObject({ verdict: 'equal', rung: 0 })
    expect(same.goldProblem).toBeUndefined()
  })

  it('finds nothing wrong with ordinary gold answers', () => {
    for (const gold of ['5', '\\text{Evelyn}', '(A)', '\\frac{x}{2}', '[0,1)', 'no solution']) {
      expect(goldProblem(prepareGold(gold)), gold).toBeUndefined()
    }
  })

  it('gives the same verdicts with a prepared gold answer, in any order', () => {
    const gold = prepareGold('\\frac{\\sqrt2}{2}')
    const answers = ['\\frac{1}{\\sqrt2}', '0.707107', '0.7', '\\frac{\\sqrt2}2', 'x', '\\frac{\\sqrt2}{2}']
    const verdicts = (): string[] => answers.map((answer) => equivalent(gold, answer).verdict)
    expect(verdicts()).toEqual(['equal', 'equal', 'different', 'equal', 'different', 'equal'])
    expect(verdicts()).toEqual(answers.map((answer) => equivalent(gold.text, answer).verdict))
  })

  it('rejects an empty answer', () => {
    expect(equivalent('0', '')).toMatchObject({ verdict: 'different', rung: 0 })
    expect(equivalent('0', '$$').verdict).toBe('different')
  })
})
