import { describe, expect, it } from 'vitest'
import { expandTokens } from './expand-tokens.ts'

describe('expandTokens', () => {
  it('repeats a number over the tokens of its rollout, times the mask', () => {
    const offsets = Int32Array.of(0, 2, 2, 3)
    expect([...expandTokens(Float64Array.of(2, 9, -1), offsets)]).toEqual([2, 2, -1])
    expect([...expandTokens(Float64Array.of(2, 9, -1), offsets, Uint8Array.of(1, 0, 1))]).toEqual([2, 0, -1])
  })

  it('of no rollouts there are no tokens', () => {
    expect(expandTokens(new Float64Array(0), Int32Array.of(0)).length).toBe(0)
  })
})
