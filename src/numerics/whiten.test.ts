import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { maskedMoments, whiten, whitenMasked } from './whiten.ts'

describe('maskedMoments', () => {
  it('looks only inside the mask', () => {
    const values = Float64Array.of(1, 3, 1e9)
    const mask = Uint8Array.of(1, 1, 0)
    expect(maskedMoments(values, mask, true)).toMatchObject({ count: 2 })
    expect(maskedMoments(values, mask, true).mean).toBeCloseTo(2, 7)
    expect(maskedMoments(values, mask, true).variance).toBeCloseTo(2, 7)
    expect(maskedMoments(values, mask, false).variance).toBeCloseTo(1, 7)
  })

  it('fails where no variance exists', () => {
    expect(() => maskedMoments(Float64Array.of(1), Uint8Array.of(1), true)).toThrow(/at least two/)
    expect(() => maskedMoments(Float64Array.of(1), Uint8Array.of(0), false)).toThrow(/at least one/)
  })
})

describe('whiten', () => {
  it('gives mean 0 and variance 1 inside the mask, and transforms what lies outside by the same numbers', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.double({ min: -50, max: 50, noNaN: true }), fc.boolean()), {
          minLength: 4,
          maxLength: 40,
        }),
        (entries) => {
          const values = Float64Array.from(entries, ([value]) => value)
          const mask = Uint8Array.from(entries, ([, inside], index) => (inside || index < 2 ? 1 : 0))
          const { mean, variance } = maskedMoments(values, mask, true)
          fc.pre(variance > 1e-3)
          const whitened = whiten(values, mask)
          const moments = maskedMoments(whitened, mask, true)
          expect(moments.mean).toBeCloseTo(0, 6)
          expect(moments.variance).toBeCloseTo(1, 4)
          for (const [entry, value] of values.entries()) {
            expect(whitened[entry]).toBeCloseTo((value - mean) / Math.sqrt(variance + 1e-8), 9)
          }
        },
      ),
    )
  })

  it('keeps the mean when asked', () => {
    const values = Float64Array.of(4, 8)
    const kept = whiten(values, Uint8Array.of(1, 1), { keepMean: true })
    expect((kept[0]! + kept[1]!) / 2).toBeCloseTo(6, 6)
  })
})

describe('whitenMasked', () => {
  it('puts 0 outside the mask and where there is nothing to whiten', () => {
    const values = Float64Array.of(1, 3, 7)
    whitenMasked(values, Uint8Array.of(1, 1, 0), false)
    expect([...values].map((value) => Math.round(value))).toEqual([-1, 1, 0])
    const single = Float64Array.of(5, 6)
    whitenMasked(single, Uint8Array.of(1, 0), true)
    expect([...single]).toEqual([0, 0])
  })
})
