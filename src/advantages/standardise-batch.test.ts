import { describe, expect, it } from 'vitest'
import { expectClose, valid } from './advantage.contract.ts'
import { standardiseBatch } from './standardise-batch.ts'

describe('standardiseBatch', () => {
  it('uses the unbiased standard deviation of the valid entries', () => {
    expectClose(standardiseBatch(Float64Array.of(1, 99, 3), Uint8Array.of(1, 0, 1), 0), [
      -Math.SQRT1_2,
      0,
      Math.SQRT1_2,
    ])
  })

  it('gives 0 where there is no spread', () => {
    expect([...standardiseBatch(Float64Array.of(4, 4), valid(2), 0)]).toEqual([0, 0])
    expect([...standardiseBatch(Float64Array.of(4), valid(1), 1e-4)]).toEqual([0])
    expect([...standardiseBatch(Float64Array.of(4), Uint8Array.of(0), 1e-4)]).toEqual([0])
  })
})
