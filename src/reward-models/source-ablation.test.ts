import { describe, expect, it } from 'vitest'
import { RandomStream } from '../numerics/random.ts'
import { GuerdonError } from '../records/error.ts'
import { bradleyTerryHead } from './bradley-terry-head.ts'
import { type EncodedPairs, pairsOfFeatures } from './encoded-pairs.ts'
import { joinPairs } from './join-pairs.ts'
import { sourceAblation } from './source-ablation.ts'

/** Pairs whose preference is about one column, the higher value preferred (`sign` 1) or the lower one. */
function about(column: number, count: number, seed: number, name: string, sign = 1): EncodedPairs {
  const stream = new RandomStream(seed)
  const side = (): Float64Array => Float64Array.from({ length: 3 * count }, () => stream.normal())
  const sides = [side(), side()]
  for (let row = 0; row < count; row++) {
    const values = [stream.normal(), stream.normal()].sort((a, b) => sign * (b - a))
    sides[0]![3 * row + column] = values[0]!
    sides[1]![3 * row + column] = values[1]!
  }
  const one = { codes: new Int32Array(count), names: [name] }
  return pairsOfFeatures(sides[0]!, sides[1]!, 3, { sources: one, categories: one })
}

const context = { seed: 1, worker: false, threads: 1 }
const parameters = { hidden: [], epochs: 15, batchSize: 32, rate: 0.02, select: 'last' as const }

describe('sourceAblation', () => {
  it('keeps sources that teach different things and drops one that teaches the opposite', async () => {
    const validation = joinPairs([about(0, 200, 11, 'first'), about(1, 200, 12, 'second')])
    const train = joinPairs([
      about(0, 300, 1, 'first'),
      about(1, 300, 2, 'second'),
      about(1, 200, 3, 'opposite', -1),
    ])
    const { slices, sources } = await sourceAblation(
      { train, validation },
      bradleyTerryHead,
      parameters,
      context,
    )
    expect(slices).toEqual(['first', 'second'])
    expect(sources.map(({ source, pairs, keep }) => [source, pairs, keep])).toEqual([
      ['first', 300, true],
      ['second', 300, true],
      ['opposite', 200, false],
    ])
    expect(sources[0]!.alone.slices[0]).toBeGreaterThan(0.9)
    expect(sources[0]!.alone.slices[1]).toBeLessThan(0.65)
    expect(sources[2]!.alone.slices[1]).toBeLessThan(0.1)
  })

  it('needs two sources and something to judge on', async () => {
    const one = about(0, 20, 1, 'only')
    await expect(
      sourceAblation({ train: one, validation: one }, bradleyTerryHead, parameters, context),
    ).rejects.toThrow(GuerdonError)
  })
})
