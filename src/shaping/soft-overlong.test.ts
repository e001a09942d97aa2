import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkShaping } from './shaping.contract.ts'
import { softOverlong, softOverlongPenalties } from './soft-overlong.ts'

checkShaping(softOverlong)

const settings = { maximum: 4096, buffer: 512, factor: 1 }

test('DAPO’s settings by hand, in each dialect', () => {
  const lengths = Float64Array.of(3584, 3585, 3840, 4096, 4097, 8192)
  const run = (dialect: 'trl' | 'verl' | 'openrlhf') =>
    Array.from(softOverlongPenalties(lengths, { ...settings, dialect }), (penalty) => penalty + 0)
  expect(run('trl')).toEqual([0, -1 / 512, -0.5, -1, -1, -1])
  expect(run('openrlhf')).toEqual(run('trl'))
  expect(run('verl')).toEqual([0, -1 / 512, -0.5, -1, -1 - 1 / 512, -9])
})

test('longer never costs less; trl stays within the factor, verl equals it up to the maximum', () => {
  fc.assert(
    fc.property(
      fc.nat({ max: 9000 }),
      fc.nat({ max: 500 }),
      fc.double({ min: 0, max: 3, noNaN: true }),
      (length, more, factor) => {
        const lengths = Float64Array.of(length, length + more)
        const trl = softOverlongPenalties(lengths, { ...settings, factor, dialect: 'trl' })
        const verl = softOverlongPenalties(lengths, { ...settings, factor, dialect: 'verl' })
        for (const penalties of [trl, verl]) expect(penalties[1]).toBeLessThanOrEqual(penalties[0]! + 1e-12)
        expect(trl[0]).toBeGreaterThanOrEqual(-factor)
        if (length <= 4096) expect(verl[0]).toBe(trl[0])
      },
    ),
  )
})

test('no buffer is a hard limit; a buffer beyond the maximum is refused', () => {
  const hard = { maximum: 10, buffer: 0, factor: 1, dialect: 'trl' } as const
  expect(Array.from(softOverlongPenalties(Float64Array.of(10, 11), hard))).toEqual([0, -1])
  expect(() => softOverlongPenalties(Float64Array.of(1), { ...hard, buffer: 11 })).toThrow(/at most 10/)
})
