import { expect, test } from 'vitest'
import { RandomStream } from '../../numerics/random.ts'
import { GuerdonError } from '../../records/error.ts'
import { generalPreference, skewForm } from './general-preference.ts'

test('swapping gives the complement, equals are even, and logits have standard deviation 1', () => {
  const stream = new RandomStream(2)
  const form = skewForm(stream, 4)
  const x = Float64Array.from({ length: 20_000 }, () => stream.normal())
  const y = Float64Array.from({ length: 20_000 }, () => stream.normal())
  const p = generalPreference(x, y, form, 1)
  const swapped = generalPreference(y, x, form, 1)
  let squares = 0
  for (let pair = 0; pair < p.length; pair++) {
    expect(p[pair]! + swapped[pair]!).toBeCloseTo(1, 12)
    squares += Math.log(p[pair]! / swapped[pair]!) ** 2 / p.length
  }
  expect(Math.sqrt(squares)).toBeCloseTo(1, 1)
  expect(generalPreference(x.slice(0, 4), x.slice(0, 4), form, 5)[0]).toBeCloseTo(0.5, 12)
  expect(() => generalPreference(x, y.slice(4), form, 1)).toThrow(GuerdonError)
})
