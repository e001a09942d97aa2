import { describe, expect, test } from 'vitest'
import { groupTableOf } from '../aggregates/group-table.ts'
import { histogramOf } from '../aggregates/histogram.ts'
import { columnSentence } from './column.ts'
import { decidingSentence } from './deciding-column.ts'
import { groupsSentence } from './groups.ts'
import { trendSentence } from './trend.ts'
import { grouped, inWords, percent } from './words.ts'

test('numbers as a person writes them', () => {
  expect([0.48231, 0, -3, 27.4865, 12_345.6, 0.00003, 1e12].map(inWords)).toEqual([
    '0.482',
    '0',
    '-3',
    '27.5',
    '12 346',
    '3.0e-5',
    '1.0e+12',
  ])
  expect([0, 0.001, 0.5, 0.9231, 0.999, 1].map(percent)).toEqual([
    '0 %',
    'less than 1 %',
    '50 %',
    '92 %',
    'more than 99 %',
    '100 %',
  ])
  expect(grouped(1_234_567)).toBe('1 234 567')
})

describe('trends', () => {
  const points = (means: readonly (number | null)[], rows = 100, spread = 0.5) =>
    means.map((mean, at) => ({
      at,
      mean,
      low: mean === null ? null : mean - spread,
      high: mean === null ? null : mean + spread,
      rows: mean === null ? 0 : rows,
    }))
  // A fixed sequence without a direction.
  const noise = (at: number) => 0.02 * (((at * 7919) % 13) / 6 - 1)

  test('a rise and a fall are told with their numbers and range', () => {
    const rising = points(Array.from({ length: 121 }, (_, at) => 0.2 + 0.003 * at + noise(at)))
    expect(trendSentence('correct', rising, 'step')).toMatch(
      /^`correct` rose from 0\.2\d+ to 0\.5\d+ over steps 0–120\.$/,
    )
    const falling = points(Array.from({ length: 50 }, (_, at) => 1 - 0.01 * at + noise(at)))
    expect(trendSentence('correct', falling, 'row')).toMatch(
      /^`correct` fell from 0\.9\d+ to 0\.5\d+ over rows 0–49\.$/,
    )
  })

  test('noise is not a trend, and neither is a change too small to matter', () => {
    expect(trendSentence('a', points(Array.from({ length: 60 }, (_, at) => 0.3 + noise(at))), 'step')).toBe(
      '`a` stayed near 0.3 over steps 0–59.',
    )
    expect(
      trendSentence('a', points(Array.from({ length: 60 }, (_, at) => 0.3 + 1e-6 * at)), 'step'),
    ).toMatch(/stayed near/)
  })

  test('few data are said to be few', () => {
    expect(trendSentence('a', points([0.2, 0.9], 4), 'step')).toBe(
      '`a` averages 0.55 over 8 valid rows at steps 0–1: too little to show a trend.',
    )
    expect(trendSentence('a', points([null, null]), 'step')).toBe('`a` has no valid number in this range.')
    expect(trendSentence('a', points([1, 1, 1, 1, 1], 100, 0), 'step')).toBe('`a` is 1 throughout steps 0–4.')
  })
})

test('the deciding signal, or that there is none to name', () => {
  const shares = [
    { name: 'format', share: 0.92 },
    { name: 'correct', share: 0.11 },
  ]
  expect(decidingSentence({ comparable: 100, differing: 80, shares })).toBe(
    '`format` explains 92 % of the reward’s variance inside groups, next comes `correct` with 11 %.',
  )
  expect(decidingSentence({ comparable: 100, differing: 80, shares: [{ name: 'a', share: 0.3 }] })).toMatch(
    /^No signal decides alone: `a` .* 30 %\.$/,
  )
  expect(decidingSentence({ comparable: 100, differing: 3, shares })).toMatch(
    /^Only 3 groups have different rewards: too few/,
  )
  expect(decidingSentence({ comparable: 9, differing: 0, shares: [] })).toMatch(
    /^All 9 groups have equal rewards/,
  )
  expect(decidingSentence({ comparable: 0, differing: 0, shares: [] })).toMatch(
    /^No group has two valid rewards/,
  )
})

test('a column in one sentence', () => {
  expect(columnSentence('boxed', histogramOf(Float64Array.of(1, 1, 1, 0)), 0.08)).toBe(
    '`boxed` is 1 in 75 % of rows; it explains 8 % of the reward’s variance inside groups.',
  )
  expect(columnSentence('a', histogramOf(Float64Array.of(2, 2, Number.NaN, 2)), null)).toBe(
    '`a` is 2 in every valid row; 25 % of rows have none.',
  )
  expect(columnSentence('a', histogramOf(Float64Array.of(Number.NaN)), null)).toBe(
    '`a` has no valid number in this range.',
  )
})

test('groups in one sentence', () => {
  const values = Float64Array.of(1, 1, 0, 0, 0, 1, Number.NaN, 1)
  const frame = {
    matching: 8,
    sequence: Float64Array.of(0, 1, 2, 3, 4, 5, 6, 7),
    step: new Float64Array(8),
    group: Int32Array.of(0, 0, 1, 1, 2, 2, 3, 3),
    groupNames: ['a', 'b', 'c', 'd'],
    columns: new Map([
      ['reward', values],
      ['correct', values],
    ]),
  }
  expect(groupsSentence(groupTableOf(frame, []))).toBe(
    '2 of 3 groups (67 %) have equal rewards and teach nothing: 1 all right and 1 all wrong, by `correct`.',
  )
  expect(groupsSentence(groupTableOf({ ...frame, matching: 90 }, []))).toMatch(/8 of 90 rows, evenly spread/)
})
