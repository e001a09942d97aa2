import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Groups, groupMoments, groupsFromIds } from './grouped.ts'
import { allValid, applyPairs, pairedMoments } from './paired-moments.ts'

const rows = fc
  .integer({ min: 0, max: 40 })
  .chain((size) =>
    fc.tuple(
      fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: size, maxLength: size }),
      fc.array(fc.constantFrom(0, 1, 1, 1), { minLength: size, maxLength: size }),
      fc.array(fc.integer({ min: 0, max: 5 }), { minLength: size, maxLength: size }),
      fc.boolean(),
    ),
  )

function plainMoments(values: Float64Array, valid: Uint8Array, groups: Groups) {
  return Array.from({ length: groups.count }, (_, group) => {
    const members = [...values].filter((__, row) => valid[row] === 1 && groups.of[row] === group)
    const mean = members.length === 0 ? 0 : members.reduce((a, b) => a + b, 0) / members.length
    return { count: members.length, mean, squares: members.reduce((a, b) => a + (b - mean) ** 2, 0) }
  })
}

describe('pairedMoments', () => {
  it('agrees with plain sums for rows in any order, in blocks, and with invalid rows', () => {
    fc.assert(
      fc.property(rows, ([list, mask, ids, blocks]) => {
        const values = Float64Array.from(list)
        const valid = Uint8Array.from(blocks ? mask.map(() => 1) : mask)
        const groups = { count: 6, of: Int32Array.from(blocks ? ids.toSorted() : ids) }
        const { count, pairs } = pairedMoments(values, valid, groups, true)
        for (const [group, expected] of plainMoments(values, valid, groups).entries()) {
          expect(count[group]).toBe(expected.count)
          expect(pairs[2 * group]).toBeCloseTo(expected.mean, 8)
          expect(Math.abs(pairs[2 * group + 1]! - expected.squares)).toBeLessThanOrEqual(
            1e-9 * Math.max(1, expected.squares),
          )
        }
      }),
    )
  })

  it('gives equal values exactly their value as mean and no squares, in every layout', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.integer({ min: 1, max: 30 }),
        fc.boolean(),
        fc.boolean(),
        (value, size, squares, interleaved) => {
          const values = new Float64Array(2 * size).fill(value)
          const of = Int32Array.from({ length: 2 * size }, (_, row) =>
            interleaved ? row % 2 : row < size ? 0 : 1,
          )
          const { pairs } = pairedMoments(values, new Uint8Array(2 * size).fill(1), { count: 2, of }, squares)
          expect(pairs[0]! + 0).toBe(value + 0)
          expect(pairs[2]! + 0).toBe(value + 0)
          if (squares) expect(pairs[1]).toBe(0)
        },
      ),
    )
  })

  it('does not lose a spread that is small beside the level', () => {
    const { squares } = groupMoments(
      Float64Array.of(1e8 + 1, 1e8 + 3, 1e8 + 2),
      Uint8Array.of(1, 1, 1),
      groupsFromIds([0, 0, 0]),
    )
    expect(squares[0]).toBeCloseTo(2, 12)
  })

  it('keeps a group of near-equal values apart from one of equal ones', () => {
    const { squares } = groupMoments(
      Float64Array.of(0.1, 0.1 + 2 ** -55, 0.1),
      Uint8Array.of(1, 1, 1),
      groupsFromIds([0, 0, 0]),
    )
    expect(squares[0]).toBeGreaterThan(0)
  })
})

describe('applyPairs', () => {
  it('writes (value − a) · b and 0 for invalid rows', () => {
    const out = new Float64Array(5).fill(9)
    const groups = groupsFromIds([0, 1, 0, 1, 0])
    const pairs = Float64Array.of(1, 2, 0, -1)
    applyPairs(Float64Array.of(2, 3, 4, 5, 6), Uint8Array.of(1, 1, 0, 1, 1), groups, pairs, out)
    expect([...out]).toEqual([2, -3, 0, -5, 10])
    applyPairs(Float64Array.of(2, 3, 4, 5, 6), Uint8Array.of(1, 1, 1, 1, 1), groups, pairs, out)
    expect([...out]).toEqual([2, -3, 6, -5, 10])
  })
})

describe('allValid', () => {
  it('finds a single invalid row at any place and offset', () => {
    for (let size = 0; size < 12; size++) {
      for (let start = 0; start < 4; start++) {
        const valid = new Uint8Array(new ArrayBuffer(start + size), start, size).fill(1)
        expect(allValid(valid)).toBe(true)
        for (let row = 0; row < size; row++) {
          valid[row] = 0
          expect(allValid(valid)).toBe(false)
          valid[row] = 1
        }
      }
    }
  })
})

describe('rows in any order', () => {
  const scattered = (rows: number, groups: number) =>
    Int32Array.from({ length: rows }, (_, row) => (row * 7919) % groups)

  it('agrees with two passes, however far the values lie from the first one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 12, maxLength: 40 }),
        fc.constantFrom(0, 1e3, 1e9, -1e14),
        (noise, offset) => {
          const of = scattered(noise.length, 5)
          const values = Float64Array.from(noise, (value, row) => value + (of[row] === 2 ? offset : 0))
          const { count, pairs } = pairedMoments(
            values,
            new Uint8Array(values.length).fill(1),
            { count: 5, of },
            true,
          )
          for (let group = 0; group < 5; group++) {
            const members = [...values].filter((_, row) => of[row] === group)
            const mean = members.reduce((a, b) => a + b, 0) / members.length
            const squares = members.reduce((sum, value) => sum + (value - mean) ** 2, 0)
            expect(count[group]).toBe(members.length)
            expect(Math.abs(pairs[2 * group]! - mean)).toBeLessThanOrEqual(
              1e-14 * (Math.abs(mean) + Math.abs(values[0]!) + 1),
            )
            const rounding = members.length * (Number.EPSILON * Math.abs(mean)) ** 2
            expect(Math.abs(pairs[2 * group + 1]! - squares)).toBeLessThanOrEqual(
              1e-9 * squares + 4 * rounding + 1e-300,
            )
          }
        },
      ),
    )
  })

  it('gives equal values their value and 0 squares beside groups that differ', () => {
    for (const [equal, other] of [
      [1, 0],
      [0.1, 0.7],
      [1e-3, 1e6],
      [3, 2 ** 40],
    ] as const) {
      const of = scattered(24, 4)
      const values = Float64Array.from(of, (group, row) => (group === 3 ? equal : other + (row % 3)))
      const { pairs } = pairedMoments(values, new Uint8Array(24).fill(1), { count: 4, of }, true)
      expect(pairs[6]).toBe(equal)
      expect(pairs[7]).toBe(0)
      expect(pairs[1]).toBeGreaterThan(0)
    }
  })
})
