import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readCursor, writeCursor } from './row-cursor.ts'

describe('cursors of pages', () => {
  it('name the row they were made of', () => {
    const reward = fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }))
    fc.assert(
      fc.property(fc.nat(2 ** 31 - 1), reward, (sequence, value) => {
        for (const order of ['lowest-reward', 'highest-reward'] as const) {
          const read = readCursor(order, writeCursor(order, { sequence, reward: value }))
          // Rewards -0 and 0 are one place in the order.
          expect(read).toEqual({ sequence, reward: value === null ? null : value + 0 })
        }
        for (const order of ['newest', 'oldest'] as const) {
          expect(readCursor(order, writeCursor(order, { sequence, reward: value }))?.sequence).toBe(sequence)
        }
      }),
    )
    expect(readCursor('newest', undefined)).toBeUndefined()
  })

  it.each(['', 'x', '1:', '1:x', '1:Infinity', '-1:0', '1.5:0', '1'])('refuses %j', (after) => {
    expect(() => readCursor('lowest-reward', after)).toThrow(/"after": is no place to go on from/)
  })
})
