/**
 * People of several groups who answer about items of a prompt: which group answers depends weakly on the prompt. The
 * groups are those of the preference testbed.
 */
import { hostTensor } from '../../src/engine/host-tensor.ts'
import type { RandomStream } from '../../src/numerics/random.ts'
import { sigmoid } from '../../src/numerics/sigmoid.ts'
import { contextWeights, type Population } from '../../src/preferences/testbed/populations.ts'
import { vectorItems } from '../../src/preferences/testbed/vector-items.ts'
import { type EncodedPairs, pairsOfFeatures } from '../../src/reward-models/encoded-pairs.ts'

export const WIDTH = 16
/** numbers of a prompt; the other columns of its embedding are 0 */
export const CONTEXT = 6
export const RATIONALITY = 4

export interface Answered {
  readonly pairs: EncodedPairs
  /** for evaluation only */
  readonly group: Int32Array
  /** shares of the groups among those who answer about the prompt, pairs × groups */
  readonly shares: Float64Array
  /** u_g(chosen) − u_g(rejected), pairs × groups, without β */
  readonly differences: Float64Array
}

/** V of softmax(V·prompt): the prompt says something about the group, not much. */
export function drawGate(stream: RandomStream, groups: number): Float64Array {
  return Float64Array.from({ length: groups * CONTEXT }, () => 0.3 * stream.normal())
}

/**
 * Pairs with one answer each: by a group drawn from softmax(V·prompt), or by one group alone. The answer is
 * Bernoulli(σ(β·Δu)), or the noise-free one.
 */
export function answerPairs(
  stream: RandomStream,
  people: Population,
  gate: Float64Array,
  count: number,
  { only, truth = false }: { readonly only?: number; readonly truth?: boolean } = {},
): Answered {
  const groups = people.teachers.length
  const a = vectorItems(stream.derive('a'), count, { dimensions: WIDTH }).features
  const b = vectorItems(stream.derive('b'), count, { dimensions: WIDTH }).features
  const prompts = stream.derive('prompts')
  const contexts = Float64Array.from({ length: count * CONTEXT }, () => prompts.normal())
  const shares = contextWeights(gate, contexts, CONTEXT)
  const utilities = people.teachers.map((teacher) => [teacher.utility(a, count), teacher.utility(b, count)])
  const answers = stream.derive('answers')
  const group = new Int32Array(count)
  const differences = new Float64Array(count * groups)
  const chosen = new Float64Array(count * WIDTH)
  const rejected = new Float64Array(count * WIDTH)
  const prompt = new Float32Array(count * WIDTH)
  for (let pair = 0; pair < count; pair++) {
    let left = answers.uniform()
    let own = only ?? 0
    if (only === undefined)
      while (own < groups - 1 && left >= shares[pair * groups + own]!) left -= shares[pair * groups + own++]!
    group[pair] = own
    const gap = utilities[own]![0]![pair]! - utilities[own]![1]![pair]!
    const first = truth ? gap > 0 : answers.uniform() < sigmoid(RATIONALITY * gap)
    const at = pair * WIDTH
    chosen.set((first ? a : b).subarray(at, at + WIDTH), at)
    rejected.set((first ? b : a).subarray(at, at + WIDTH), at)
    for (let other = 0; other < groups; other++) {
      const difference = utilities[other]![0]![pair]! - utilities[other]![1]![pair]!
      differences[pair * groups + other] = first ? difference : -difference
    }
    for (let column = 0; column < CONTEXT; column++) prompt[at + column] = contexts[pair * CONTEXT + column]!
  }
  return {
    pairs: pairsOfFeatures(chosen, rejected, WIDTH, { prompt: hostTensor(prompt, [count, WIDTH]) }),
    group,
    shares,
    differences,
  }
}
