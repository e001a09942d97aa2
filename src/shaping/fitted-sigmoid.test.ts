import { expect, test } from 'vitest'
import { sigmoid } from '../numerics/sigmoid.ts'
import { fitSigmoid, fittedCurve, fittedSigmoid } from './fitted-sigmoid.ts'
import { checkShaping, shape } from './shaping.contract.ts'

checkShaping(fittedSigmoid)

test('the authors’ coefficients, highest power first', () => {
  const coefficients = fitSigmoid({ degree: 5, from: -5, to: 5, points: 100 })
  const expected = [2.0266916983e-4, 0, -1.01309120565e-2, 0, 0.2287885117783, 0.5]
  expected.forEach((coefficient, power) => {
    expect(Math.abs(coefficients[power]! - coefficient)).toBeLessThan(1e-12)
  })
})

test('a higher degree lies closer to the sigmoid; outside the limits it is flat', () => {
  const error = (degree: number) => {
    const curve = fittedCurve({ degree, from: -5, to: 5, points: 100 })
    let worst = 0
    for (let x = -4.9; x < 5; x += 0.1) worst = Math.max(worst, Math.abs(curve(x) - sigmoid(x)))
    return worst
  }
  expect(error(5)).toBeLessThan(0.02)
  expect(error(9)).toBeLessThan(error(5) / 5)
  expect(shape(fittedSigmoid, {}, { column: [-1e9, -5, 5, 1e9] })).toEqual([0, 0, 1, 1])
})

test('a fit without width is refused', () => {
  expect(() => shape(fittedSigmoid, { from: 2, to: 2 }, { column: [1] })).toThrow(/no width/)
})
