/**
 * Which pairs to ask a new user about: those whose answers would tell most about the user's latent.
 * Source: paper 55; VPL `experiments/active_utils.py`.
 */
import type { HostTensor } from '../../engine/host-tensor.ts'
import { hostTensor } from '../../engine/host-tensor.ts'
import { rowsOf } from '../../engine/sessions/fill.ts'
import {
  answerInformation,
  answerInformationAsPublished,
  leastPosteriorEntropy,
} from '../../numerics/active-query-score.ts'
import type { RandomStream } from '../../numerics/random.ts'
import { GuerdonError } from '../../records/error.ts'
import { type EncodedPairs, pairsOfFeatures } from '../../reward-models/encoded-pairs.ts'
import { userPosteriors, type VariationalModel } from '../../reward-models/user-posterior.ts'

export const QUERY_RULES = ['information', 'as-published', 'least-entropy'] as const
export type QueryRule = (typeof QUERY_RULES)[number]

export interface ActiveQueryOptions {
  /** S ≥ 1: pairs of a query; 2 by default */
  readonly size?: number
  /** random queries that are compared; 100 by default */
  readonly candidates?: number
  /** answers that are tried for each query: all 2^S of them, or so many random ones; 50 by default, as published */
  readonly hypotheses?: number
  /**
   * `information`: mutual information of answers and user, by pairwise divergences of the posteriors (default);
   * `as-published`: the authors' score as coded; `least-entropy`: their second rule
   */
  readonly rule?: QueryRule
  /** pairs that the user has answered already */
  readonly answered?: EncodedPairs
}

export interface ActiveQuery {
  /** rows of the pool, in ascending order */
  readonly rows: Int32Array
  /** higher is better under every rule: the entropy enters with a minus */
  readonly score: number
}

/**
 * Random queries from a pool of pairs, the best first. Which side of a pool's pair is "chosen" has no influence: both
 * answers are tried, and every hypothesis counts the same. With all of a query's answers leading to one posterior its
 * information is 0. The model reads answered pairs and the query in one context where they fit into it.
 *
 * @throws GuerdonError ARGUMENT_INVALID for a query that is larger than the pool, sizes below 1, more than 20 pairs a
 *   query, or pairs of another width
 */
export async function activeQueries(
  model: VariationalModel,
  pool: EncodedPairs,
  stream: RandomStream,
  options: ActiveQueryOptions = {},
): Promise<ActiveQuery[]> {
  const { size = 2, candidates = 100, hypotheses = 50, rule = 'information', answered } = options
  if (![size, candidates, hypotheses].every((value) => Number.isInteger(value) && value >= 1) || size > 20)
    throw new GuerdonError('ARGUMENT_INVALID', 'queries cannot have this size', {
      expected: 'whole numbers of at least 1, and at most 20 pairs a query',
      found: { size, candidates, hypotheses },
    })
  if (size > pool.count)
    throw new GuerdonError('ARGUMENT_INVALID', `${size} pairs cannot be drawn from ${pool.count}`)
  const known = answered?.count ?? 0
  const both = bothAnswers(pool, answered)
  const queries: Int32Array[] = []
  const sets: Int32Array[] = []
  const draws = stream.derive('queries')
  const answers = stream.derive('answers')
  for (let query = 0; query < candidates; query++) {
    const rows = drawRows(draws, pool.count, size)
    queries.push(rows)
    for (const answer of answersOf(answers, size, hypotheses)) {
      const set = new Int32Array(known + size)
      for (let pair = 0; pair < known; pair++) set[pair] = 2 * pool.count + pair
      for (let pair = 0; pair < size; pair++)
        set[known + pair] = rows[pair]! + ((answer >> pair) & 1) * pool.count
      sets.push(set)
    }
  }
  const each = sets.length / candidates
  const { mean, logVariance, width } = await userPosteriors(model, both, sets)
  return queries
    .map((rows, query) => {
      const [from, to] = [query * each * width, (query + 1) * each * width]
      const variances = logVariance.subarray(from, to)
      const score = {
        information: () => answerInformation(mean.subarray(from, to), variances, width),
        'as-published': () => answerInformationAsPublished(variances, width),
        'least-entropy': () => -leastPosteriorEntropy(variances, width),
      }[rule]()
      return { rows, score }
    })
    .sort((a, b) => b.score - a.score)
}

/** Different rows of the pool, ascending. */
function drawRows(stream: RandomStream, count: number, size: number): Int32Array {
  const rows = new Set<number>()
  while (rows.size < size) rows.add(stream.below(count))
  return Int32Array.from(rows).sort()
}

/** Sets of answers, a bit each: all of them where they are few enough, else different random ones. */
function answersOf(stream: RandomStream, size: number, most: number): readonly number[] {
  const all = 2 ** size
  if (all <= most) return Array.from({ length: all }, (_, answer) => answer)
  const drawn = new Set<number>()
  while (drawn.size < most) drawn.add(stream.below(all))
  return [...drawn]
}

/** The pool as it is, the pool answered the other way round, then what is answered. */
function bothAnswers(pool: EncodedPairs, answered: EncodedPairs | undefined): EncodedPairs {
  const read = (pairs: EncodedPairs, side: 'chosen' | 'rejected'): HostTensor =>
    rowsOf(
      pairs[side],
      Int32Array.from({ length: pairs.count }, (_, row) => row),
      side,
    )
  const [a, b] = [read(pool, 'chosen'), read(pool, 'rejected')]
  const joined = (first: HostTensor, second: HostTensor, side: 'chosen' | 'rejected'): HostTensor => {
    const last = answered === undefined ? new Float32Array(0) : read(answered, side).values
    const values = new Float32Array(2 * first.values.length + last.length)
    values.set(first.values)
    values.set(second.values, first.values.length)
    values.set(last, 2 * first.values.length)
    return hostTensor(values, [values.length / pool.width, pool.width])
  }
  if (answered !== undefined && answered.width !== pool.width)
    throw new GuerdonError('ARGUMENT_INVALID', 'answered pairs have another width than the pool', {
      expected: String(pool.width),
      found: answered.width,
    })
  const [chosen, rejected] = [joined(a, b, 'chosen'), joined(b, a, 'rejected')]
  return { ...pairsOfFeatures(chosen.values, rejected.values, pool.width), chosen, rejected }
}
