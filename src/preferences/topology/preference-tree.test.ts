import { describe, expect, it } from 'vitest'
import { RandomStream } from '../../numerics/random.ts'
import { choosePairs, commonAncestorDepth, pairsByDepth, samplePreferenceTree } from './preference-tree.ts'

const words = (seed: number, kinds: number) => {
  const stream = new RandomStream(seed)
  return () => `w${stream.below(kinds)}`
}

describe('preference trees', () => {
  it('have B^D leaves, fewer where continuations are equal', async () => {
    expect(await samplePreferenceTree(words(1, 1000), { branching: 2, depth: 4 })).toHaveLength(16)
    const few = await samplePreferenceTree(words(1, 2), { branching: 3, depth: 3 })
    expect(few.length).toBeLessThan(27)
    expect(new Set(few.map(({ segments }) => segments.join())).size).toBe(few.length)
  })

  it('end a branch where the text ends', async () => {
    const leaves = await samplePreferenceTree(
      (segments) => (segments.length === 2 ? null : `${segments.length}a`),
      {
        branching: 2,
        depth: 5,
      },
    )
    expect(leaves.map(({ segments }) => segments)).toEqual([['0a', '1a']])
  })

  it('count their pairs by the depth of the common ancestor', () => {
    const counted = [0, 0, 0]
    for (let a = 0; a < 27; a++) for (let b = a + 1; b < 27; b++) counted[commonAncestorDepth(a, b, 3, 3)]!++
    expect(pairsByDepth(3, 3)).toEqual(counted)
  })

  it('give pairs of all depths in turn when stratified, and none twice', async () => {
    const leaves = await samplePreferenceTree(words(2, 1000), { branching: 2, depth: 3 })
    const pairs = choosePairs(leaves, 12, 'stratified', new RandomStream(3))
    const depths = [0, 1, 2].map((depth) => pairs.filter(({ commonDepth }) => commonDepth === depth).length)
    expect(depths).toEqual([4, 4, 4])
    const keys = pairs.map(({ first, second }) => [first, second].sort().join())
    expect(new Set(keys).size).toBe(12)
  })

  it('need two replies for a pair', () => {
    expect(() => choosePairs([{ segments: ['a'], path: [0] }], 1, 'uniform', new RandomStream(1))).toThrow(
      'a tree of 1 replies has no pairs',
    )
  })
})
