import fc from 'fast-check'
import { expect, test } from 'vitest'
import { preferenceMetrics } from '../../numerics/preference-metrics.ts'
import { RandomStream } from '../../numerics/random.ts'
import { sigmoid } from '../../numerics/sigmoid.ts'
import { GuerdonError } from '../../records/error.ts'
import type { BenchmarkItem, ItemScores } from '../benchmark.ts'
import { PairGatherer, type PairReport } from './pair-gatherer.ts'

type Given = readonly [chosen: number, rejected: number, subset?: string]

const item = (index: number, subset?: string, gold = [1, 0]): BenchmarkItem => ({
  id: `row-${index}`,
  prompt: `prompt ${index >> 1}`,
  completions: ['x'.repeat(index % 7), 'y'.repeat((index * 3) % 5)],
  gold,
  ...(subset === undefined ? {} : { subset }),
})

function reportOf(rows: readonly Given[], more: readonly [BenchmarkItem, ItemScores][] = []): PairReport {
  const gatherer = new PairGatherer({ seed: 1, worst: 3, by: 'category' })
  for (const [index, [chosen, rejected, subset]] of rows.entries())
    gatherer.add(item(index, subset), { scores: [chosen, rejected] })
  for (const [one, outcome] of more) gatherer.add(one, outcome)
  return gatherer.report()
}

const reward = fc.integer({ min: -40, max: 40 }).map((value) => value / 8)

test('pair by pair gives the numbers of the whole list in both orders', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(reward, reward), { minLength: 1, maxLength: 40 }), (rows) => {
      const report = reportOf(rows)
      const margins = rows.map(([chosen, rejected]) => chosen - rejected)
      const whole = preferenceMetrics(
        [...margins, ...margins.map((margin) => -margin)],
        [...margins.map(() => 1), ...margins.map(() => 0)],
      )
      expect(report.accuracy).toBeCloseTo(whole.accuracy, 12)
      expect(report.strictAccuracy).toBeCloseTo(whole.strictAccuracy, 12)
      expect(report.logLoss).toBeCloseTo(whole.logLoss, 12)
      expect(report.brier).toBeCloseTo(whole.brier, 12)
      expect(report.expectedCalibrationError).toBeCloseTo(whole.expectedCalibrationError, 9)
      expect(report.temperature.logLoss).toBeLessThanOrEqual(report.logLoss + 1e-9)
    }),
  )
})

test('swapping chosen and rejected throughout gives the complement, and a constant changes nothing', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(reward, reward), { minLength: 1, maxLength: 20 }),
      reward,
      (rows, shift) => {
        const report = reportOf(rows)
        const swapped = reportOf(rows.map(([chosen, rejected]) => [rejected, chosen]))
        expect(swapped.accuracy).toBeCloseTo(1 - report.accuracy, 12)
        expect(swapped.ties).toBe(report.ties)
        const moved = reportOf(rows.map(([chosen, rejected]) => [chosen + shift, rejected + shift]))
        expect(moved.accuracy).toBe(report.accuracy)
        expect(moved.logLoss).toBeCloseTo(report.logLoss, 12)
      },
    ),
  )
})

test('honest probabilities are calibrated at temperature 1, and ones three times too bold at 3', () => {
  const stream = new RandomStream(9)
  const rows = Array.from({ length: 6000 }, (): Given => {
    const difference = 2 * stream.normal()
    return stream.uniform() < sigmoid(difference) ? [difference, 0] : [0, difference]
  })
  const honest = reportOf(rows)
  expect(honest.expectedCalibrationError).toBeLessThan(0.02)
  expect(Math.abs(honest.temperature.value - 1)).toBeLessThan(0.08)
  const bold = reportOf(rows.map(([chosen, rejected]) => [300 * chosen, 300 * rejected]))
  expect(bold.temperature.value / honest.temperature.value).toBeCloseTo(300, 2)
  expect(bold.temperature.atBound).toBe(false)
  expect(bold.expectedCalibrationError).toBeGreaterThan(0.1)
  expect(bold.temperature.expectedCalibrationError).toBeCloseTo(
    honest.temperature.expectedCalibrationError,
    3,
  )
})

test('what cannot be scored and what people judged equal is counted and left out, never 0', () => {
  const rows: Given[] = [
    [2, 1],
    [0, 5],
  ]
  const report = reportOf(rows, [
    [item(7), { invalid: 'the judge was silent' }],
    [item(8), { scores: [Number.NaN, 1] }],
    [item(9, undefined, [0, 0]), { scores: [9, 1] }],
  ])
  expect(report).toMatchObject({ pairs: 2, invalid: 2, judgedEqual: 1, accuracy: 0.5 })
  expect(report.invalidReasons).toEqual({
    'the judge was silent': 1,
    'the difference is not a finite number': 1,
  })
  expect({ ...report, invalid: 0, invalidReasons: {}, judgedEqual: 0 }).toEqual(reportOf(rows))
  expect(() => reportOf([], [[item(0), { invalid: 'no' }]])).toThrow(GuerdonError)
})

test('subsets are sorted, those without the field last, and their mean counts each once', () => {
  const report = reportOf([
    [1, 0, 'b'],
    [1, 0, 'b'],
    [0, 1, 'a'],
    [0, 0],
  ])
  expect(report.subsets.map(({ name, pairs, accuracy }) => [name, pairs, accuracy])).toEqual([
    ['a', 1, 0],
    ['b', 2, 1],
    [null, 1, 0.5],
  ])
  expect(report.macroAccuracy).toBe(0.5)
  expect(report.worst.map(({ id }) => id)).toEqual(['row-2'])
})

test('a field with more values than can be told apart joins the later ones', () => {
  const rows = Array.from({ length: 1500 }, (_, index): Given => [1, 0, `value ${index}`])
  const { subsets } = reportOf(rows)
  expect(subsets).toHaveLength(1001)
  expect(subsets.at(-1)).toMatchObject({ name: '(other)', pairs: 500 })
})

test('the seed decides the intervals', () => {
  const rows = Array.from({ length: 50 }, (_, index): Given => [index % 3, 1])
  expect(reportOf(rows).bootstrap).toEqual(reportOf(rows).bootstrap)
  const [low, high] = reportOf(rows).bootstrap!
  expect(low).toBeLessThan(reportOf(rows).accuracy)
  expect(high).toBeGreaterThan(reportOf(rows).accuracy)
})
