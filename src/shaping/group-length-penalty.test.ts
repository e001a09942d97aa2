import fc from 'fast-check'
import { expect, test } from 'vitest'
import { groupLengthPenalty, groupLengthPenaltyShaping } from './group-length-penalty.ts'
import { checkShaping } from './shaping.contract.ts'

checkShaping(groupLengthPenaltyShaping)

const options = { maxPenalty: 0.5, tolerance: 0.2, side: 'both', minCorrect: 1 } as const
const run = (
  lengths: number[],
  correct: number[],
  changed = {},
  valid = lengths.map(() => 1),
  of = lengths.map(() => 0),
) =>
  groupLengthPenalty(
    Float64Array.from(lengths),
    Uint8Array.from(correct),
    Uint8Array.from(valid),
    { count: Math.max(...of) + 1, of: Int32Array.from(of) },
    { ...options, ...changed },
  )

test('target 60: in tolerance, half too long, far too long, almost nothing', () => {
  const { penalty, target } = run([60, 66, 90, 180, 1], [1, 0, 0, 0, 0])
  expect(Array.from(target)).toEqual([60])
  expect(Array.from(penalty)).toEqual([
    0,
    0,
    expect.closeTo(-0.1875, 14),
    -0.5,
    expect.closeTo((-0.5 * (59 / 60 - 0.2)) / 0.8, 14),
  ])
})

test('the sides take one direction each', () => {
  const lengths = [100, 10, 190]
  expect(Array.from(run(lengths, [1, 0, 0], { side: 'short' }).penalty, Math.sign).map(Math.abs)).toEqual([
    0, 1, 0,
  ])
  expect(Array.from(run(lengths, [1, 0, 0], { side: 'long' }).penalty, Math.sign).map(Math.abs)).toEqual([
    0, 0, 1,
  ])
})

test('too few correct rows: nothing is penalised and there is no target', () => {
  for (const { penalty, target } of [run([1, 999], [0, 0]), run([1, 999], [1, 0], { minCorrect: 2 })]) {
    expect(Array.from(penalty, Math.abs)).toEqual([0, 0])
    expect(target[0]).toBeNaN()
  }
})

test('groups do not mix and invalid rows take no part', () => {
  const { penalty, target } = run([100, 900, 10, 500], [1, 0, 1, 1], {}, [1, 1, 1, 0], [0, 1, 1, 0])
  expect(Array.from(target)).toEqual([100, 10])
  expect(Array.from(penalty, Math.abs)).toEqual([0, 0.5, 0, 0])
})

test('in [−maxPenalty, 0], 0 at the target, invariant to scaling all lengths', () => {
  const row = fc.record({ length: fc.nat({ max: 5000 }), correct: fc.constantFrom(0, 1) })
  const sides = fc.constantFrom('both', 'short', 'long')
  const tolerances = fc.double({ min: 0, max: 0.9, noNaN: true })
  fc.assert(
    fc.property(
      fc.array(row, { minLength: 1 }),
      sides,
      tolerances,
      fc.integer({ min: 2, max: 9 }),
      (rows, side, tolerance, scale) => {
        const correct = rows.map((entry) => entry.correct)
        const plain = run(
          rows.map((entry) => entry.length),
          correct,
          { side, tolerance },
        )
        const scaled = run(
          rows.map((entry) => scale * entry.length),
          correct,
          { side, tolerance },
        )
        rows.forEach(({ length }, index) => {
          expect(plain.penalty[index]).toBeLessThanOrEqual(0)
          expect(plain.penalty[index]).toBeGreaterThanOrEqual(-0.5)
          expect(scaled.penalty[index]).toBeCloseTo(plain.penalty[index]!, 10)
          if (length === plain.target[0]) expect(plain.penalty[index]).toBe(0)
        })
      },
    ),
  )
})
