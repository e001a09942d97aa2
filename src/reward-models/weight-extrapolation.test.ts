import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hostTensor } from '../engine/host-tensor.ts'
import { extrapolateParameters, extrapolateWeights } from './weight-extrapolation.ts'

const weights = fc.array(
  fc.tuple(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
  ),
  { minLength: 1, maxLength: 8 },
)

test('both ends bit for bit', () => {
  fc.assert(
    fc.property(weights, (pairs) => {
      const weak = Float64Array.from(pairs, ([a]) => a)
      const strong = Float64Array.from(pairs, ([, b]) => b)
      expect(extrapolateWeights(weak, strong, 0)).toEqual(weak)
      expect(extrapolateWeights(weak, strong, 1)).toEqual(strong)
    }),
  )
})

test('whole models: every parameter, and none that only one of them has', () => {
  const model = (...values: number[]) => ({ 'head.weight': hostTensor(values, [1, values.length]) })
  expect(Array.from(extrapolateParameters(model(0, 2), model(1, 1), 2)['head.weight']!.values)).toEqual([
    2, 0,
  ])
  expect(() => extrapolateParameters(model(0), model(1, 2), 1)).toThrow(
    'differ in the parameter "head.weight"',
  )
  expect(() => extrapolateParameters({}, model(1), 1)).toThrow('no parameter "head.weight"')
  expect(() => extrapolateWeights(Float32Array.of(1), Float32Array.of(1, 2), 1)).toThrow(
    '1 weak and 2 strong',
  )
  expect(() => extrapolateWeights(Float32Array.of(1), Float32Array.of(2), Number.NaN)).toThrow('not finite')
})
