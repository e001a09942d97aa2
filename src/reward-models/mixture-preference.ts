/** The probability that a mixture of rewards gives to a preference, pair by pair. */
import { routedPreference } from '../numerics/routed-score.ts'
import type { EncodedPairs } from './encoded-pairs.ts'
import { openRowScorer, type RowScores, type Scorable } from './score-rows.ts'

const columns = ({ parts }: RowScores, name: string, heads: number, count: number): Float64Array => {
  const out = new Float64Array(count * heads)
  for (let head = 0; head < heads; head++) {
    const own = parts[`${name} ${head}`]!
    for (let row = 0; row < count; row++) out[row * heads + head] = own[row]!
  }
  return out
}

/** Rewards and weights of every pair, row-major, pairs × heads. */
export interface MixturePairs {
  readonly heads: number
  readonly chosen: Float64Array
  readonly rejected: Float64Array
  /** of the prompt, and of the user where one is named */
  readonly weights: Float64Array
  /** Σ_k w_k·σ(r_k(chosen) − r_k(rejected)), in [0, 1] */
  readonly probability: Float64Array
}

/**
 * Scores pairs with a trained mixture: P(chosen ≻ rejected) = Σ_k w_k·σ(Δ_k), the model itself, to which the reward of
 * single completions is only an approximation. Users named by the pairs have their own weights where the model knows
 * them.
 * Source: paper 45, pairwise form.
 */
export async function mixturePreference(model: Scorable, pairs: EncodedPairs): Promise<MixturePairs> {
  const users = Array.from(pairs.users.codes, (code) => (code < 0 ? undefined : pairs.users.names[code]!))
  const scorer = await openRowScorer(model)
  try {
    const side = (completion: EncodedPairs['chosen']): Promise<RowScores> =>
      scorer.score({ completion, ...(pairs.prompt && { prompt: pairs.prompt }), users })
    const [first, second] = [await side(pairs.chosen), await side(pairs.rejected)]
    const heads = Object.keys(first.parts).length / 2
    const chosen = columns(first, 'reward', heads, pairs.count)
    const rejected = columns(second, 'reward', heads, pairs.count)
    const weights = columns(first, 'weight', heads, pairs.count)
    return {
      heads,
      chosen,
      rejected,
      weights,
      probability: routedPreference(chosen, rejected, weights, heads),
    }
  } finally {
    await scorer.close()
  }
}
