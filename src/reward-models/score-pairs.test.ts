import { describe, expect, it } from 'vitest'
import { hostTensor } from '../engine/host-tensor.ts'
import { bradleyTerryHead } from './bradley-terry-head.ts'
import { pairsOfFeatures } from './encoded-pairs.ts'
import { heldOutQuality, scorePairs } from './score-pairs.ts'

/** A linear head 2·x₀ − x₁ + 1. */
const trained = {
  model: {
    weights: { 'head.0.weight': hostTensor([2, -1], [1, 2]), 'head.0.bias': hostTensor([1], [1]) },
    settings: {},
    metrics: {},
  },
  parameters: bradleyTerryHead.parameters.parse({ hidden: [], activation: 'none' }),
}

describe('scorePairs', () => {
  it('gives the rewards of both sides in the order of the pairs', async () => {
    const pairs = pairsOfFeatures([1, 0, 0, 0, 3, 1], [0, 1, 0, 0, 4, 1], 2)
    const { chosen, rejected } = await scorePairs(bradleyTerryHead, trained, pairs)
    expect([...chosen]).toEqual([3, 1, 6])
    expect([...rejected]).toEqual([0, 1, 8])
  })

  it('counts equal rewards half and leaves ties out', async () => {
    const pairs = pairsOfFeatures([1, 0, 0, 0, 3, 1], [0, 1, 0, 0, 4, 1], 2)
    expect((await heldOutQuality(bradleyTerryHead, trained, pairs)).accuracy).toBe(0.5)
    const tied = { ...pairs, tie: Uint8Array.of(0, 0, 1) }
    expect((await heldOutQuality(bradleyTerryHead, trained, tied)).accuracy).toBe(0.75)
  })

  it('gives empty lists for no pairs', async () => {
    const { chosen } = await scorePairs(bradleyTerryHead, trained, pairsOfFeatures([], [], 2))
    expect(chosen).toHaveLength(0)
  })
})
