import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { updateSelectiveMerge } from './update-selective-merge.ts'

const pairs = fc
  .array(fc.tuple(fc.double({ min: -3, max: 3, noNaN: true }), fc.double({ min: -3, max: 3, noNaN: true })), {
    minLength: 1,
    maxLength: 30,
  })
  .map((list) => ({
    base: Float64Array.from(list, ([value]) => value),
    trained: Float64Array.from(list, ([, value]) => value),
  }))

const distance = (a: Float64Array, b: Float64Array) =>
  Math.hypot(...a.map((value, index) => value - b[index]!))

describe('updateSelectiveMerge', () => {
  it('gives the trained tensor for everything and the base for nothing', () => {
    fc.assert(
      fc.property(pairs, ({ base, trained }) => {
        const all = updateSelectiveMerge(base, trained, { keep: 1, scale: 1 }).merged
        for (const [index, value] of trained.entries()) expect(all[index]).toBeCloseTo(value, 12)
        expect(updateSelectiveMerge(base, trained, { keep: 0, scale: 1 }).merged).toEqual(base)
      }),
    )
  })

  it('comes closer to the trained tensor the more is kept, and keeps ⌈keep · n⌉ of the largest updates', () => {
    fc.assert(
      fc.property(pairs, ({ base, trained }) => {
        let last = Number.POSITIVE_INFINITY
        for (const keep of [0, 0.1, 0.25, 0.5, 0.75, 1]) {
          const { merged, kept } = updateSelectiveMerge(base, trained, { keep, scale: 1 })
          expect(kept.reduce((a, b) => a + b, 0)).toBe(Math.ceil(keep * base.length))
          const size = (index: number) => Math.abs(trained[index]! - base[index]!)
          const inside = [...kept.keys()].filter((index) => kept[index] === 1).map(size)
          const outside = [...kept.keys()].filter((index) => kept[index] === 0).map(size)
          expect(Math.min(...inside)).toBeGreaterThanOrEqual(Math.max(...outside))
          const gap = distance(merged, trained)
          expect(gap).toBeLessThanOrEqual(last + 1e-12)
          last = gap
        }
      }),
    )
  })

  it('keeps the lower index of equal updates', () => {
    const { kept } = updateSelectiveMerge(Float64Array.of(0, 0, 0), Float64Array.of(1, -1, 1), {
      keep: 0.5,
      scale: 1,
    })
    expect([...kept]).toEqual([1, 1, 0])
  })

  it('names what is wrong', () => {
    expect(() =>
      updateSelectiveMerge(new Float64Array(1), new Float64Array(2), { keep: 1, scale: 1 }),
    ).toThrow(/different sizes/)
    expect(() =>
      updateSelectiveMerge(new Float64Array(1), new Float64Array(1), { keep: 2, scale: 1 }),
    ).toThrow(/from 0 to 1/)
    expect(() =>
      updateSelectiveMerge(Float64Array.of(Number.NaN), new Float64Array(1), { keep: 1, scale: 1 }),
    ).toThrow(/not a finite number/)
  })
})
