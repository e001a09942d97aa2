import { describe, expect, it } from 'vitest'
import { bradleyTerryFit } from './bradley-terry-fit.ts'
import { RandomStream } from './random.ts'
import { sigmoid } from './sigmoid.ts'

/** Differences of pairs that weights labelled by chance. */
function labelled(weights: readonly number[], count: number, seed: number): Float64Array {
  const stream = new RandomStream(seed)
  const rows = new Float64Array(count * weights.length)
  for (let row = 0; row < count; row++) {
    const drawn = weights.map(() => stream.normal())
    const margin = drawn.reduce((sum, value, column) => sum + value * weights[column]!, 0)
    const sign = stream.uniform() < sigmoid(margin) ? 1 : -1
    rows.set(
      drawn.map((value) => sign * value),
      row * weights.length,
    )
  }
  return rows
}

describe('bradleyTerryFit', () => {
  it('finds the weights that labelled many pairs', () => {
    const weights = [1.5, -0.7, 0]
    const fitted = bradleyTerryFit(labelled(weights, 20_000, 1), 3, { precision: 0.01 })
    weights.forEach((weight, column) => {
      expect(fitted[column]).toBeCloseTo(weight, 1)
    })
  })

  it('is where the gradient of the posterior vanishes', () => {
    const rows = labelled([0.5, 2], 30, 2)
    const mean = [1, -1]
    const precision = [2, 0.5]
    const fitted = bradleyTerryFit(rows, 2, { mean, precision })
    for (const column of [0, 1]) {
      let slope = -precision[column]! * (fitted[column]! - mean[column]!)
      for (let row = 0; row < 30; row++) {
        const margin = fitted[0]! * rows[2 * row]! + fitted[1]! * rows[2 * row + 1]!
        slope += rows[2 * row + column]! * sigmoid(-margin)
      }
      expect(Math.abs(slope)).toBeLessThan(1e-6)
    }
  })

  it('stays finite where the pairs can be parted without error, and at the prior without pairs', () => {
    const fitted = bradleyTerryFit([5, 7, 9], 1, { precision: 1e-3 })
    expect(fitted[0]).toBeGreaterThan(0)
    expect(Number.isFinite(fitted[0])).toBe(true)
    expect(Array.from(bradleyTerryFit([], 2, { mean: [1, 2] }))).toEqual([1, 2])
  })

  it('refuses what does not fit together', () => {
    expect(() => bradleyTerryFit([1, 2, 3], 2)).toThrow('do not fit')
    expect(() => bradleyTerryFit([1, 2], 2, { precision: 0 })).toThrow('do not fit')
    expect(() => bradleyTerryFit([1, 2], 2, { mean: [1] })).toThrow('do not fit')
    expect(() => bradleyTerryFit([1, Number.NaN], 2)).toThrow('not finite')
  })
})
