/** Tables of answer pairs that the tests of `equivalent` share. */
import { expect, it } from 'vitest'
import { equivalent } from './equivalent.ts'

/** Lines of `gold ¦ answer`. */
const pairs = (lines: string): [string, string][] =>
  lines
    .trim()
    .split('\n')
    .map((line) => line.split(' ¦ ') as [string, string])

/** Every pair is accepted, in both orders. */
export const accepts = (lines: string): void => {
  it.each(pairs(lines))('accepts %s ¦ %s', (gold, answer) => {
    expect(equivalent(gold, answer)).toMatchObject({ verdict: 'equal' })
    expect(equivalent(answer, gold).verdict).toBe('equal')
  })
}

/** No pair is accepted, in either order. */
export const rejects = (lines: string): void => {
  it.each(pairs(lines))('does not accept %s ¦ %s', (gold, answer) => {
    expect(equivalent(gold, answer).verdict).not.toBe('equal')
    expect(equivalent(answer, gold).verdict).not.toBe('equal')
  })
}
