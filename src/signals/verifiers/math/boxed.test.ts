import { describe, expect, it } from 'vitest'
import { lastBoxed } from './boxed.ts'

describe('lastBoxed', () => {
  it.each([
    ['so \\boxed{7}', '7'],
    ['\\fbox{x=5}', 'x=5'],
    ['$\\boxed 41$', '41'],
    ['\\boxed \\pi and', '\\pi'],
    ['\\boxed {3}', '3'],
    ['\\boxed{\\frac{1}{2}}', '\\frac{1}{2}'],
    ['\\boxed{\\{1,2\\}}', '\\{1,2\\}'],
    ['\\boxed{\\boxed{5}}', '5'],
    ['\\boxed{ \\fbox{5} }', '5'],
    ['\\boxed{x = \\boxed{5}}', '5'],
    ['\\boxed{1} or \\boxed{2}', '1, 2'],
    ['\\boxed{1}, \\boxed{2}, \\boxed{3}', '1, 2, 3'],
    ['\\boxed{1} and therefore the other solution is \\boxed{2}', '1, 2'],
    ['\\boxed{1} and once more we have found the same, \\boxed{1}', '1'],
    [`\\boxed{1}${' and so on'.repeat(20)} \\boxed{2}`, '2'],
    ['\\boxed{1} is what we found here. \\boxed{2}', '2'],
  ])('reads %s as %s', (text, expected) => {
    expect(lastBoxed(text)?.text).toBe(expected)
  })

  it.each(['', 'no box', '\\boxed{42', '\\boxed{}', '\\boxed', '\\boxed{1} then \\boxed{2', '\\boxed{\\}'])(
    'finds nothing in %s',
    (text) => {
      expect(lastBoxed(text)).toBeUndefined()
    },
  )

  it('says where the first of the joined boxes starts', () => {
    expect(lastBoxed('ab \\boxed{1} or \\boxed{2}')?.position).toBe(3)
  })

  it.each([
    ['open boxes', '\\boxed{'.repeat(150_000)],
    ['nested boxes', `${'\\boxed{'.repeat(60_000)}5${'}'.repeat(60_000)}`],
    ['boxes in a row', '\\boxed{1}'.repeat(110_000)],
    ['boxes with words between', '\\boxed{1} or maybe then '.repeat(45_000)],
    ['braces', `\\boxed{${'{'.repeat(1_000_000)}`],
    ['closing braces', `\\boxed{1${'}'.repeat(1_000_000)}`],
  ])('takes linear time on a megabyte of %s', (_, text) => {
    const started = performance.now()
    lastBoxed(text)
    expect(performance.now() - started).toBeLessThan(1000)
  })
})
