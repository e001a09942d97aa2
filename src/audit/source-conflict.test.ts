import { describe, expect, it } from 'vitest'
import { RandomStream } from '../numerics/random.ts'
import { sourceConflict } from './source-conflict.ts'

describe('sourceConflict', () => {
  const stream = new RandomStream(4)
  const [pairs, width] = [900, 6]
  const chosen = new Float64Array(pairs * width)
  const rejected = new Float64Array(pairs * width)
  const codes = Int32Array.from({ length: pairs }, (_, pair) => pair % 3)
  // The first two sources want a high first column, the third a low one.
  for (let pair = 0; pair < pairs; pair++) {
    for (let column = 0; column < width; column++) {
      chosen[pair * width + column] = stream.normal()
      rejected[pair * width + column] = stream.normal()
    }
    const [high, low] = codes[pair] === 2 ? [rejected, chosen] : [chosen, rejected]
    if (high[pair * width]! < low[pair * width]!) {
      const kept = high[pair * width]!
      high[pair * width] = low[pair * width]!
      low[pair * width] = kept
    }
  }
  const features = { chosen, rejected, width }

  it('finds which sources contradict each other', () => {
    const found = sourceConflict(features, { names: ['a', 'b', 'c'], codes })
    expect(found.cosines[1]).toBeGreaterThan(0.9)
    expect(found.conflicts.map(({ a, b }) => a + b).sort()).toEqual(['ac', 'bc'])
    expect(found.agreement).toBeLessThan(0.2)
    const two = { names: ['a', 'b'], codes: codes.map((code) => code % 2) }
    expect(sourceConflict(features, two).agreement).toBeGreaterThan(0)
  })

  it('refuses one source, and one without pairs', () => {
    expect(() => sourceConflict(features, { names: ['a'], codes })).toThrow(/1 sources/)
    expect(() => sourceConflict(features, { names: ['a', 'b', 'c', 'd'], codes })).toThrow(/"d" has no pairs/)
  })
})
