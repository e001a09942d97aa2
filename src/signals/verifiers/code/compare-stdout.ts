/** Whether what a program printed is what was expected. */
import { strip } from '../dialects/python-text.ts'

/** Lines without trailing white space, and without the empty lines at the end. */
function printedLines(text: string): string[] {
  const lines = text.split('\n').map((line) => line.trimEnd())
  while (lines.length > 0 && lines.at(-1) === '') lines.pop()
  return lines
}

/**
 * The strict comparison: the same lines and the same number of them; trailing white space of a line and final line
 * feeds do not count.
 *
 * @example sameOutput('1\n2 \n', '1\n2') // true
 * @example sameOutput('1', '1\n2') // false
 */
export function sameOutput(printed: string, expected: string): boolean {
  const left = printedLines(printed)
  const right = printedLines(expected)
  return left.length === right.length && left.every((line, index) => line === right[index])
}

/**
 * The comparison of open-r1, for parity: lines are compared in pairs, stripped, as far as both texts have them, so a
 * program that prints only the first line passes.
 * Source: open-r1 `rewards.py`, the script of `code_reward`.
 */
export function sameOutputOpenR1(printed: string, expected: string): boolean {
  const left = strip(printed).split('\n')
  const right = expected.split('\n')
  const pairs = Math.min(left.length, right.length)
  for (let index = 0; index < pairs; index++) {
    if (strip(left[index]!) !== strip(right[index]!)) return false
  }
  return true
}
