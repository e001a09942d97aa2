import { expect, test } from 'vitest'
import { critiquedAttributes } from './critique.ts'

test('the attribute that speaks loudest for the chosen item, against a stronger one that speaks against it', () => {
  const weights = Float64Array.of(1, -1, 3)
  const chosen = Float64Array.of(1, -2, -1, 0, 0, 0)
  const rejected = Float64Array.of(0, 0, 0, 0, 0, 0)
  expect([...critiquedAttributes(weights, chosen, rejected)]).toEqual([1, 0])
})
