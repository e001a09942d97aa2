import { describe, expect, it } from 'vitest'
import { parseAge } from './parse-age.ts'

describe('parseAge', () => {
  it.each([
    ['0s', 0],
    ['90m', 5400],
    ['1.5h', 5400],
    ['30d', 2_592_000],
    ['8w', 4_838_400],
  ])('reads %s as %d seconds', (age, seconds) => {
    expect(parseAge(age)).toBe(seconds)
  })

  it.each(['', '30', 'd', '-1d', '1 d', '1D', '1e3s', '1y', `${'9'.repeat(400)}d`])('refuses %j', (age) => {
    expect(parseAge(age)).toBeUndefined()
  })
})
