/** Vectors of card 26-reward-topology. */
import { inferenceDistances, labelVariance } from '../../../src/preferences/topology/inference-distance.ts'
import { commonAncestorDepth, pairsByDepth } from '../../../src/preferences/topology/preference-tree.ts'
import { boltzmannPolicy, boltzmannPreferences } from '../../../src/preferences/topology/reward-policy.ts'

const rows = (matrix: Float64Array, n: number): number[][] =>
  Array.from({ length: n }, (_, row) => Array.from(matrix.subarray(row * n, (row + 1) * n)))

export const functions = {
  'inference-distance': ({ nodes, edges }: { nodes: number; edges: [number, number, number][] }) => ({
    distance: rows(
      inferenceDistances(
        nodes,
        edges.map(([from, to, variance]) => ({ from, to, variance })),
      ),
      nodes,
    ),
  }),
  'boltzmann-policy': ({ rewards, beta }: { rewards: number[]; beta: number }) => {
    const own = Float64Array.from(rewards)
    return {
      probability: Array.from(boltzmannPolicy(own, beta)),
      preference: rows(boltzmannPreferences(own, beta), own.length),
      logisticVariance: labelVariance(beta),
    }
  },
  'tree-pairs': ({
    branching,
    depth,
    pairs,
  }: {
    branching: number
    depth: number
    pairs: [number, number][]
  }) => ({
    leaves: branching ** depth,
    commonAncestorDepth: pairs.map(([a, b]) => commonAncestorDepth(a, b, branching, depth)),
    pairsByDepth: pairsByDepth(branching, depth),
  }),
}
