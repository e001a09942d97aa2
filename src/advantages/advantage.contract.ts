/** Material of the tests of advantages: groups, columns, and the expectation of close arrays. */
import fc from 'fast-check'
import { expect } from 'vitest'
import type { AdvantageInput } from '../kinds/advantage.ts'
import { type Groups, groupsFromIds } from '../numerics/grouped.ts'
import { type Column, columnOf } from '../records/column.ts'

export const valid = (size: number): Uint8Array => new Uint8Array(size).fill(1)

/** The groups of a word: one letter a row. */
export const lettered = (letters: string): Groups => groupsFromIds([...letters])

export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-9): void {
  expect(actual.length).toBe(expected.length)
  for (let entry = 0; entry < expected.length; entry++) {
    const gap = Math.abs(actual[entry]! - expected[entry]!)
    expect(gap, `entry ${entry} is ${actual[entry]}, expected ${expected[entry]}`).toBeLessThanOrEqual(
      tolerance * Math.max(1, Math.abs(expected[entry]!)),
    )
  }
}

export function inputOf(
  rewards: Column | readonly (number | null)[],
  letters: string,
  more: Partial<AdvantageInput> = {},
): AdvantageInput {
  return {
    rewards: 'grain' in rewards ? rewards : columnOf(rewards),
    groups: lettered(letters),
    columns: new Map(),
    inputs: {},
    ...more,
  }
}

/** A wrapped advantage that returns the rewards themselves. */
export const identity = ({ rewards }: AdvantageInput) => ({ advantages: rewards })

/** Rewards with their validity and groups, a few of each. */
export const batches = fc.integer({ min: 1, max: 24 }).chain((rows) =>
  fc.record({
    rewards: fc
      .array(fc.oneof(fc.integer({ min: -8, max: 8 }), fc.double({ min: -4, max: 4, noNaN: true })), {
        minLength: rows,
        maxLength: rows,
      })
      .map((values) => Float64Array.from(values)),
    valid: fc
      .array(fc.constantFrom(0, 1, 1, 1), { minLength: rows, maxLength: rows })
      .map((values) => Uint8Array.from(values)),
    groups: fc
      .array(fc.integer({ min: 0, max: 4 }), { minLength: rows, maxLength: rows })
      .map((ids): Groups => groupsFromIds(ids)),
  }),
)

/** Sum over the valid rows of each group. */
export function sumsByGroup(values: Float64Array, mask: Uint8Array, groups: Groups): Float64Array {
  const sums = new Float64Array(groups.count)
  for (let row = 0; row < values.length; row++) if (mask[row] === 1) sums[groups.of[row]!]! += values[row]!
  return sums
}

/** The same batch with its rows in reverse order. */
export function reversed(batch: { rewards: Float64Array; valid: Uint8Array; groups: Groups }): {
  rewards: Float64Array
  valid: Uint8Array
  groups: Groups
} {
  return {
    rewards: batch.rewards.toReversed(),
    valid: batch.valid.toReversed(),
    groups: { count: batch.groups.count, of: batch.groups.of.toReversed() },
  }
}
