import fc from 'fast-check'
import { expect, it } from 'vitest'
import { areaUnderCurve, calibration } from './calibration.ts'

it('puts a confidence on an edge into the upper bin, edges being multiples in doubles', () => {
  const { bins } = calibration([1, 1, 1, 0], [0.2, 0.3, 0.5, 1])
  expect(bins.map((bin) => bin.count)).toEqual([0, 0, 2, 0, 0, 1, 0, 0, 0, 1])
})

it('gives Brier, calibration error and AUROC', () => {
  const result = calibration([1, 1, 0, 1], [0.7, 0.7, 0.7, 0.7])
  expect(result.brier).toBeCloseTo(0.19, 12)
  expect(result.ece).toBeCloseTo(0.05, 12)
  expect(result.auroc).toBe(0.5)
  expect(result.accuracy).toBe(0.75)
})

it('has no AUROC when all answers are right', () => {
  expect(calibration([1, 1], [0.2, 0.9]).auroc).toBeUndefined()
  expect(calibration([0], [0.2]).auroc).toBeUndefined()
})

it('refuses what is no outcome or no number', () => {
  expect(() => calibration([], [])).toThrow(/at least one outcome/)
  expect(() => calibration([1], [Number.NaN])).toThrow(/finite/)
  expect(() => calibration([0.5], [0.5])).toThrow(/0 or 1/)
})

const answers = fc.array(fc.tuple(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true })), {
  minLength: 1,
})

it('AUROC equals the share of ordered pairs', () => {
  fc.assert(
    fc.property(answers, (pairs) => {
      const right = pairs.filter(([c]) => c === 1)
      const wrong = pairs.filter(([c]) => c === 0)
      let wins = 0
      for (const [, high] of right)
        for (const [, low] of wrong) wins += high > low ? 1 : high === low ? 0.5 : 0
      const area = areaUnderCurve(
        pairs.map(([c]) => c),
        pairs.map(([, q]) => q),
      )
      if (right.length * wrong.length === 0) expect(area).toBeUndefined()
      else expect(area).toBeCloseTo(wins / (right.length * wrong.length), 9)
    }),
  )
})

it('one bin measures the distance of mean confidence from accuracy, and more bins never less', () => {
  fc.assert(
    fc.property(answers, (pairs) => {
      const correct = pairs.map(([c]) => c)
      const confidence = pairs.map(([, q]) => q)
      const one = calibration(correct, confidence, 1)
      const mean = confidence.reduce((sum, q) => sum + q, 0) / pairs.length
      expect(one.ece).toBeCloseTo(Math.abs(mean - one.accuracy), 9)
      expect(calibration(correct, confidence, 10).ece).toBeGreaterThanOrEqual(one.ece - 1e-9)
    }),
  )
})
