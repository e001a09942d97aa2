import { expect, test } from 'vitest'
import { RandomStream } from '../../numerics/random.ts'
import { GuerdonError } from '../../records/error.ts'
import { contextTeacher, linearTeacher, rescaleUtilities, type Teacher, tanhTeacher } from './teacher.ts'

function deviationOfDifferences(teacher: Teacher, shared = 0): number {
  const stream = new RandomStream(21)
  const count = 20_000
  const a = Float64Array.from({ length: count * teacher.dimensions }, () => stream.normal())
  const b = a.map((value, at) =>
    at % teacher.dimensions >= teacher.dimensions - shared ? value : stream.normal(),
  )
  const u = teacher.utility(a, count)
  const v = teacher.utility(b, count)
  let squares = 0
  for (let item = 0; item < count; item++) squares += (u[item]! - v[item]!) ** 2 / count
  return Math.sqrt(squares)
}

test.each<[string, Teacher, number]>([
  ['linear', linearTeacher(Float64Array.of(3, -1, 0.5)), 0],
  ['tanh', tanhTeacher(new RandomStream(1), { dimensions: 6, units: 16 }), 0],
  ['context', contextTeacher(new RandomStream(1), { dimensions: 7, columns: 4, context: 3 }), 3],
])('differences of a %s teacher have standard deviation 1', (_, teacher, shared) => {
  expect(Math.abs(deviationOfDifferences(teacher, shared) - 1)).toBeLessThan(0.03)
})

test('columns a teacher does not look at change nothing', () => {
  const teacher = tanhTeacher(new RandomStream(1), { dimensions: 4, looksAt: 3 })
  const item = Float64Array.of(0.5, -1, 2, 9)
  const other = Float64Array.of(0.5, -1, 2, -9)
  expect(teacher.utility(item, 1)).toEqual(teacher.utility(other, 1))
})

test('rescaled utilities differ by 1 in standard deviation over all pairs, exactly', () => {
  const utilities = rescaleUtilities(Float64Array.of(3, 8, -2, 0.5))
  let squares = 0
  for (const one of utilities) for (const other of utilities) squares += (one - other) ** 2 / 12
  expect(squares).toBeCloseTo(1, 12)
  expect([...rescaleUtilities(Float64Array.of(2, 2))]).toEqual([2, 2])
})

test('no direction, no shape and the wrong width are refused', () => {
  expect(() => linearTeacher(new Float64Array(3))).toThrow(GuerdonError)
  expect(() => linearTeacher(Float64Array.of(Number.NaN))).toThrow(GuerdonError)
  expect(() => tanhTeacher(new RandomStream(1), { dimensions: 2, looksAt: 3 })).toThrow(GuerdonError)
  expect(() => contextTeacher(new RandomStream(1), { dimensions: 2, columns: 2, context: 1 })).toThrow(
    GuerdonError,
  )
  expect(() => linearTeacher(Float64Array.of(1)).utility(new Float64Array(3), 2)).toThrow(GuerdonError)
})
