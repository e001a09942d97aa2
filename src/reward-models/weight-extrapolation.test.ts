import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import '../../test/seed.ts'
import { hostTensor } from '../engine/host-tensor.ts'
import { GuerdonError } from '../records/error.ts'
import { extrapolateWeights } from './weight-extrapolation.ts'

const model = (values: readonly number[]) => ({
  'head.weight': hostTensor(Float32Array.from(values), [values.length]),
})

describe('extrapolateWeights', () => {
  it('ends at the two models bit for bit, and goes on in a straight line', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.float({ noNaN: true, min: -100, max: 100 }),
            fc.float({ noNaN: true, min: -100, max: 100 }),
          ),
          {
            minLength: 1,
          },
        ),
        (pairs) => {
          const [weak, strong] = [model(pairs.map(([a]) => a)), model(pairs.map(([, b]) => b))]
          expect(extrapolateWeights(weak, strong, 0)).toEqual(weak)
          expect(extrapolateWeights(weak, strong, 1)).toEqual(strong)
          const further = extrapolateWeights(weak, strong, 1.5)['head.weight']!.values
          pairs.forEach(([a, b], at) => {
            expect(further[at]).toBe(Math.fround(a + 1.5 * (b - a)))
          })
        },
      ),
    )
  })

  it('refuses models of different shape and factors that are no numbers', () => {
    expect(() => extrapolateWeights(model([1]), model([1, 2]), 1)).toThrow(/differ in "head.weight"/)
    expect(() => extrapolateWeights(model([1]), { other: hostTensor([1], [1]) }, 1)).toThrow(GuerdonError)
    expect(() => extrapolateWeights(model([1]), model([2]), Number.NaN)).toThrow(GuerdonError)
  })
})
