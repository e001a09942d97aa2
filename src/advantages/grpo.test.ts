import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseParameters } from '../kinds/method.ts'
import {
  batches,
  expectClose,
  inputOf,
  lettered,
  reversed,
  sumsByGroup,
  valid,
} from './advantage.contract.ts'
import { groupRelativeAdvantages, grpo } from './grpo.ts'

const verl = { epsilon: 1e-6, single: 'raw' } as const
const trl = { epsilon: 1e-4, single: 'zero' } as const

const run = (rewards: (number | null)[], letters: string, parameters: Record<string, unknown> = {}) =>
  grpo.apply(inputOf(rewards, letters), parseParameters(grpo, parameters)).advantages

describe('groupRelativeAdvantages', () => {
  it('sums to zero in every group of two or more, and gives 0 to invalid rows', () => {
    fc.assert(
      fc.property(batches, fc.constantFrom(verl, trl), ({ rewards, valid: mask, groups }, options) => {
        const advantages = groupRelativeAdvantages(rewards, mask, groups, options)
        const members = sumsByGroup(new Float64Array(rewards.length).fill(1), mask, groups)
        for (const [group, sum] of sumsByGroup(advantages, mask, groups).entries()) {
          if (members[group]! > 1 || options.single === 'zero') expect(Math.abs(sum)).toBeLessThan(1e-8)
        }
        for (const [row, value] of advantages.entries()) if (mask[row] === 0) expect(value).toBe(0)
      }),
    )
  })

  it('does not change under a shift of a group, nor (ε = 0) under a positive scale', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -8, max: 8 }), { minLength: 2, maxLength: 10 }),
        fc.integer({ min: -64, max: 64 }),
        fc.constantFrom(0.25, 0.5, 2, 8),
        (list, shift, scale) => {
          const groups = lettered('a'.repeat(list.length))
          const options = { epsilon: 0, single: 'zero' } as const
          const of = (values: number[]) =>
            groupRelativeAdvantages(Float64Array.from(values), valid(values.length), groups, options)
          expectClose(of(list.map((value) => scale * value + shift)), of(list), 1e-9)
        },
      ),
    )
  })

  it('does not depend on the order of the rows', () => {
    fc.assert(
      fc.property(batches, (batch) => {
        const back = reversed(batch)
        expectClose(
          groupRelativeAdvantages(back.rewards, back.valid, back.groups, verl).toReversed(),
          groupRelativeAdvantages(batch.rewards, batch.valid, batch.groups, verl),
          1e-7,
        )
      }),
    )
  })

  it('gives exactly 0 to equal rewards, with any ε and scale', () => {
    const tenth = Float64Array.of(0.1, 0.1, 0.1, 5, 6)
    for (const epsilon of [0, 1e-6]) {
      for (const options of [{}, { divideByStandardDeviation: false }, { batchStandardDeviation: true }]) {
        const advantages = groupRelativeAdvantages(tenth, valid(5), lettered('aaabb'), {
          epsilon,
          single: 'raw',
          ...options,
        })
        expect([...advantages.subarray(0, 3)]).toEqual([0, 0, 0])
      }
    }
  })

  it('writes into a given array', () => {
    const out = new Float64Array(2).fill(7)
    expect(groupRelativeAdvantages(Float64Array.of(1, 0), valid(2), lettered('aa'), { ...trl, out })).toBe(
      out,
    )
    expect(out[0]).toBeCloseTo(Math.SQRT1_2, 3)
  })
})

describe('grpo', () => {
  it('a group of one keeps its reward in verl’s dialect and gets 0 in TRL’s', () => {
    expect(run([3, 1, 0], 'abb').values[0]).toBeCloseTo(3, 5)
    expect(run([3, 1, 0], 'abb', { dialect: 'trl' }).values[0]).toBe(0)
  })

  it('ε decides how much near-equal rewards are amplified', () => {
    const spread = 1e-5
    const wide = run([0, spread], 'aa', { dialect: 'trl' }).values[1]!
    const narrow = run([0, spread], 'aa').values[1]!
    expect(narrow / wide).toBeCloseTo((spread / Math.SQRT2 + 1e-4) / (spread / Math.SQRT2 + 1e-6), 6)
  })

  it('scale: batch divides by the spread of the raw rewards, not of the centred ones', () => {
    const advantages = run([0, 2, 10, 12], 'aabb', { scale: 'batch', epsilon: 0 }).values
    const deviation = Math.sqrt((36 + 16 + 16 + 36) / 3)
    expectClose(advantages, [-1 / deviation, 1 / deviation, -1 / deviation, 1 / deviation])
  })

  it('keeps the reason of an invalid reward', () => {
    const advantages = run([1, 0, null], 'aaa')
    expect(advantages.valid[2]).toBe(0)
    expect(advantages.reasons?.[2]).toBe('no value')
  })
})

describe('groupRelativeAdvantages in blocks, out of order and in place', () => {
  it('gives each row the same number', () => {
    const rewards = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(rewards, fc.constantFrom('raw', 'zero'), fc.boolean(), (list, single, divide) => {
        const options = { epsilon: 1e-6, single, divideByStandardDeviation: divide } as const
        const rows = list.length
        const blocks = Int32Array.from(list, (_, row) => Math.floor(row / 3))
        const count = Math.ceil(rows / 3)
        const ones = new Uint8Array(rows).fill(1)
        const inBlocks = groupRelativeAdvantages(
          Float64Array.from(list),
          ones,
          { count, of: blocks },
          options,
        )
        const order = list.map((_, row) => row).sort((a, b) => ((a * 7) % rows) - ((b * 7) % rows) || a - b)
        const shuffled = Float64Array.from(order, (row) => list[row]!)
        const groups = { count, of: Int32Array.from(order, (row) => blocks[row]!) }
        const scattered = groupRelativeAdvantages(shuffled, ones, groups, options)
        const inPlace = shuffled.slice()
        groupRelativeAdvantages(inPlace, ones, groups, { ...options, out: inPlace })
        for (const [place, row] of order.entries()) {
          const tolerance = 1e-8 * Math.max(1, Math.abs(inBlocks[row]!))
          expect(Math.abs(scattered[place]! - inBlocks[row]!)).toBeLessThanOrEqual(tolerance)
          expect(Math.abs(inPlace[place]! - inBlocks[row]!)).toBeLessThanOrEqual(tolerance)
        }
      }),
    )
  })
})
