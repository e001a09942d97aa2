import fc from 'fast-check'
import { expect, it } from 'vitest'
import { sameOutput, sameOutputOpenR1 } from './compare-stdout.ts'

it.each([
  ['1\n2', '1\n2', true, true],
  ['1', '1\n2', false, true],
  ['', '\n1', false, true],
  [' 1 \n2', '1\n2', false, true],
  ['1 2', '1  2', false, false],
  ['1 \r\n2\n\n', '1\n2', true, true],
])('compares %j with %j', (printed, expected, strict, openR1) => {
  expect(sameOutput(printed, expected)).toBe(strict)
  expect(sameOutputOpenR1(printed, expected)).toBe(openR1)
})

it('never accepts what open-r1 rejects, unless the lines start with white space', () => {
  const line = fc.constantFrom('1', '2', '1 2', '', '2 ')
  const text = fc.array(line, { minLength: 1, maxLength: 4 }).map((lines) => `0${lines.join('\n')}`)
  fc.assert(
    fc.property(text, text, (printed, expected) => {
      if (sameOutput(printed, expected)) expect(sameOutputOpenR1(printed, expected)).toBe(true)
    }),
  )
})
