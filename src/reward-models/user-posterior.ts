/** New users of a variational preference model: their posterior, and which pairs to ask them about. */
import {
  answerInformation,
  answerInformationAsPublished,
  leastPosteriorEntropy,
} from '../numerics/active-query-score.ts'
import type { RandomStream } from '../numerics/random.ts'
import { GuerdonError } from '../records/error.ts'
import { type EncodedPairs, flipPairs, joinPairs, noCategories } from './encoded-pairs.ts'
import { encodePosteriors, encodeSets, type LatentShape, type UserPosteriors } from './latent-nets.ts'
import type { UserVectors } from './recipe.ts'
import type { Scorable } from './score-rows.ts'
import { variationalPreferences } from './variational-preferences.ts'

function shapeOf(model: Scorable): LatentShape {
  if (model.recipe.name !== variationalPreferences.name)
    throw new GuerdonError('ARGUMENT_INVALID', `a posterior from a ${model.recipe.name} model`, {
      expected: `a model of the recipe ${variationalPreferences.name}`,
    })
  return { ...variationalPreferences.parameters.parse(model.parameters), width: model.width }
}

/**
 * Posteriors of users from their labelled pairs, the preferred completion first. Pairs that name no user are one user's.
 * Source: paper 55, encoder.
 * @throws GuerdonError DATA_EMPTY without pairs; ARGUMENT_INVALID for another recipe's model
 */
export async function posteriorOf(model: Scorable, pairs: EncodedPairs): Promise<UserPosteriors> {
  if (pairs.count === 0) throw new GuerdonError('DATA_EMPTY', 'a user’s posterior needs at least one pair')
  const named =
    pairs.users.names.length > 0
      ? pairs
      : { ...pairs, users: { codes: new Int32Array(pairs.count), names: ['user'] } }
  return encodePosteriors(model.weights, shapeOf(model), named)
}

/** Posterior means as the vectors that scoring takes; unknown users keep the model's. */
export const asUserVectors = (model: Scorable, { names, mean, width }: UserPosteriors): UserVectors => ({
  names,
  vectors: mean,
  width,
  unknown: model.users?.unknown ?? new Float32Array(width),
})

export interface ActiveQueryOptions {
  /** pairs whose labels the user has already given */
  readonly known?: EncodedPairs
  /** S, pairs that are asked together; 1 unless told */
  readonly size?: number
  /**
   * mixture: mutual information, estimated from the mixture of posteriors (the default); published: the authors' formula;
   * entropy: minus the least entropy that an answer could leave
   */
  readonly rule?: 'mixture' | 'published' | 'entropy'
  /** answers that are tried for a set, all 2^S or a sample of so many; 50 unless told */
  readonly hypotheses?: number
  /** needed when not all answers are tried */
  readonly stream?: RandomStream
}

/**
 * Scores sets of `size` neighbouring candidate pairs (row 0 … size − 1, then the next) by how much their answers would
 * tell about the user: every answer, added to what is known, gives a posterior. The largest score asks best.
 * Source: paper 55, `experiments/active_utils.py`.
 * @returns one score a set
 * @throws GuerdonError ARGUMENT_INVALID when candidates do not fill sets, another recipe's model is given, or answers
 *   have to be sampled without a stream
 */
export async function activeQueries(
  model: Scorable,
  candidates: EncodedPairs,
  options: ActiveQueryOptions = {},
): Promise<Float64Array> {
  const { known, size = 1, rule = 'mixture', hypotheses = 50, stream } = options
  const shape = shapeOf(model)
  const sets = candidates.count / size
  if (!(size >= 1) || !Number.isInteger(sets))
    throw new GuerdonError('ARGUMENT_INVALID', `${candidates.count} candidates in sets of ${size}`, {
      expected: 'whole sets',
    })
  const all = 2 ** size
  const tried = Math.min(all, hypotheses)
  if (tried < all && stream === undefined)
    throw new GuerdonError('ARGUMENT_INVALID', 'answers are sampled without a random stream', {
      expected: 'a stream, or hypotheses of at least 2 to the size',
    })
  const bare = (pairs: EncodedPairs): EncodedPairs => ({ ...pairs, users: noCategories(pairs.count) })
  // Rows: candidates as they stand, candidates the other way round, what is known.
  const flipped = flipPairs(candidates, new Uint8Array(candidates.count).fill(1))
  const table = joinPairs([bare(candidates), bare(flipped), ...(known ? [bare(known)] : [])])
  const before = Array.from({ length: known?.count ?? 0 }, (_, row) => 2 * candidates.count + row)
  const rows: Int32Array[] = []
  for (let set = 0; set < sets; set++)
    for (let hypothesis = 0; hypothesis < tried; hypothesis++) {
      const answers = tried === all ? hypothesis : stream!.below(all)
      const own = Array.from({ length: size }, (_, pair) => {
        const row = set * size + pair
        return ((answers >> pair) & 1) === 1 ? row + candidates.count : row
      })
      rows.push(Int32Array.from([...before, ...own]))
    }
  const { mean, logVariance } = await encodeSets(model.weights, shape, table, rows)
  const block = tried * shape.latent
  return Float64Array.from({ length: sets }, (_, set) => {
    const variances = logVariance.subarray(set * block, (set + 1) * block)
    if (rule === 'published') return answerInformationAsPublished(variances, shape.latent)
    if (rule === 'entropy') return -leastPosteriorEntropy(variances, shape.latent)
    return answerInformation(mean.subarray(set * block, (set + 1) * block), variances, shape.latent)
  })
}
