/**
 * Preference data from prefix trees: replies of a prompt that share beginnings, so that one comparison says something
 * about many of them. Source: paper 26, Algorithm 1 (its parameters are not confirmed; ours are stated).
 */
import type { RandomStream } from '../../numerics/random.ts'
import { GuerdonError } from '../../records/error.ts'

export interface Leaf {
  /** segments from the prompt to the end of the reply */
  readonly segments: readonly string[]
  /** child index at each level */
  readonly path: readonly number[]
}

export interface TreePair {
  readonly first: number
  readonly second: number
  /** level of the lowest common ancestor; 0 = the prompt itself */
  readonly commonDepth: number
}

/**
 * Depth of the lowest common ancestor of two leaves of a full tree, leaves numbered in order.
 * @example commonAncestorDepth(6, 4, 2, 3) // 1
 */
export function commonAncestorDepth(a: number, b: number, branching: number, depth: number): number {
  let width = branching ** depth
  for (let level = 0; level < depth; level++) {
    width /= branching
    if (Math.floor(a / width) !== Math.floor(b / width)) return level
  }
  return depth
}

/**
 * Leaf pairs whose lowest common ancestor lies at each depth k: B^k · C(B, 2) · B^(2(D − k − 1)).
 * @example pairsByDepth(2, 3) // [16, 8, 4]
 */
export const pairsByDepth = (branching: number, depth: number): number[] =>
  Array.from(
    { length: depth },
    (_, k) => branching ** k * ((branching * (branching - 1)) / 2) * branching ** (2 * (depth - k - 1)),
  )

export interface TreeOptions {
  /** continuations of each node */
  readonly branching?: number
  /** segments of a reply */
  readonly depth?: number
}

/**
 * Samples a tree of replies: from every node `branching` continuations, equal ones joined, a branch ends where the
 * sampler returns null (end of text).
 *
 * @param sample segment after the given ones, or null; called once a continuation
 */
export async function samplePreferenceTree(
  sample: (segments: readonly string[]) => string | null | Promise<string | null>,
  { branching = 2, depth = 4 }: TreeOptions = {},
): Promise<Leaf[]> {
  const leaves: Leaf[] = []
  const grow = async (segments: readonly string[], path: readonly number[]): Promise<void> => {
    if (segments.length === depth) {
      leaves.push({ segments, path })
      return
    }
    const children: string[] = []
    let ends = false
    for (let child = 0; child < branching; child++) {
      const segment = await sample(segments)
      if (segment === null) ends = true
      else if (!children.includes(segment)) children.push(segment)
    }
    if (ends && segments.length > 0) leaves.push({ segments, path })
    for (const [index, segment] of children.entries()) await grow([...segments, segment], [...path, index])
  }
  await grow([], [])
  return leaves
}

function sharedDepth(a: Leaf, b: Leaf): number {
  let level = 0
  while (level < a.path.length && level < b.path.length && a.path[level] === b.path[level]) level++
  return level
}

/**
 * Pairs of leaves of one tree to label, none twice while there are others.
 *
 * @param design `uniform` over leaf pairs; `stratified`: the depths of common ancestors take turns, so that close
 *   siblings are not outnumbered by strangers
 * @throws GuerdonError DATA_EMPTY for a tree with fewer than two leaves
 */
export function choosePairs(
  leaves: readonly Leaf[],
  count: number,
  design: 'uniform' | 'stratified',
  stream: RandomStream,
): TreePair[] {
  const all: TreePair[] = []
  for (let first = 0; first < leaves.length; first++)
    for (let second = first + 1; second < leaves.length; second++)
      all.push({ first, second, commonDepth: sharedDepth(leaves[first]!, leaves[second]!) })
  if (all.length === 0)
    throw new GuerdonError('DATA_EMPTY', `a tree of ${leaves.length} replies has no pairs`, {
      hint: 'Sample at a higher temperature, or with more continuations',
    })
  stream.shuffle(all)
  if (design === 'stratified') {
    const byDepth = new Map<number, TreePair[]>()
    for (const pair of all) {
      const own = byDepth.get(pair.commonDepth)
      if (own === undefined) byDepth.set(pair.commonDepth, [pair])
      else own.push(pair)
    }
    const strata = [...byDepth.entries()].sort(([a], [b]) => a - b).map(([, pairs]) => pairs)
    all.length = 0
    for (let round = 0; strata.some((pairs) => round < pairs.length); round++)
      for (const pairs of strata) if (round < pairs.length) all.push(pairs[round]!)
  }
  return Array.from({ length: count }, (_, index) => {
    const pair = all[index % all.length]!
    // Which of the two is shown first is chance.
    return stream.uniform() < 0.5 ? pair : { ...pair, first: pair.second, second: pair.first }
  })
}
