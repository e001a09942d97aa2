/** What pairs of a user tell a variational preference model about that user: a Gaussian over latents. */
import { graphOf } from '../engine/graph.ts'
import type { Parameters } from '../engine/host-tensor.ts'
import { hostTensor } from '../engine/host-tensor.ts'
import { rowsOf } from '../engine/sessions/fill.ts'
import { openSession } from '../engine/sessions/open-session.ts'
import { input } from '../engine/tensor.ts'
import { GuerdonError } from '../records/error.ts'
import type { EncodedPairs } from './encoded-pairs.ts'
import type { UserVectors } from './recipe.ts'
import type { Scorable } from './score-rows.ts'
import { variationalNetwork, variationalParameters } from './variational-network.ts'

/** A trained model of the recipe `variational-preferences`, as it is scored with. */
export type VariationalModel = Pick<Scorable, 'weights' | 'parameters' | 'width'>

export interface UserPosteriors {
  /** of the latent */
  readonly width: number
  /** row-major, users × width */
  readonly mean: Float32Array
  readonly logVariance: Float32Array
  /** what scoring is given for each user: the mean, scaled to the prior's length where the model asks for it */
  readonly latent: Float32Array
}

/** Contexts of one forward pass. */
const BATCH = 128

/**
 * Posteriors of several users, each from the rows of their own pairs. A user with more pairs than the model's context
 * is read in several contexts, whose means and variances are averaged; a user without pairs has the prior.
 *
 * @param users rows of each user's pairs
 * @throws GuerdonError ARGUMENT_INVALID for pairs of another width, or a model of another recipe
 */
export async function userPosteriors(
  { weights, parameters: given, width }: VariationalModel,
  pairs: EncodedPairs,
  users: readonly Int32Array[],
): Promise<UserPosteriors> {
  if (pairs.width !== width)
    throw new GuerdonError('ARGUMENT_INVALID', 'the pairs do not fit the model', {
      expected: `embeddings of ${width} numbers`,
      found: pairs.width,
    })
  if (weights['encoder.mean.weight'] === undefined)
    throw new GuerdonError('ARGUMENT_INVALID', 'only a variational preference model has users to infer', {
      expected: 'a model of the recipe variational-preferences',
    })
  const parameters = variationalParameters.parse(given)
  const { context, latent } = parameters
  const pieces: { readonly user: number; readonly rows: Int32Array }[] = []
  const count = new Float64Array(users.length)
  users.forEach((rows, user) => {
    for (let from = 0; from < rows.length; from += context) {
      pieces.push({ user, rows: rows.subarray(from, from + context) })
      count[user]!++
    }
  })
  const sums = {
    mean: new Float64Array(users.length * latent),
    variance: new Float64Array(users.length * latent),
  }
  if (pieces.length > 0) {
    const side = (name: string) => input(name, [BATCH * context, width])
    const tensors = Object.fromEntries(
      Object.entries(weights).map(([name, { shape, dtype }]) => [name, input(name, shape, dtype)]),
    )
    const shape = [BATCH, context, width]
    const posterior = variationalNetwork(width, parameters).encode(
      tensors,
      side('chosen').reshape(shape),
      side('rejected').reshape(shape),
      input('mask', [BATCH, context]),
    )
    const session = await openSession(
      { functions: { encode: { graph: graphOf({ ...posterior }) } }, state: weights },
      { worker: false },
    )
    try {
      for (let from = 0; from < pieces.length; from += BATCH) {
        const batch = pieces.slice(from, from + BATCH)
        const rows = new Int32Array(BATCH * context)
        const mask = new Float32Array(BATCH * context)
        for (let set = 0; set < BATCH; set++) {
          const own = batch[set]?.rows ?? batch[0]!.rows
          for (let place = 0; place < context; place++) rows[set * context + place] = own[place % own.length]!
          mask.fill(1, set * context, set * context + own.length)
        }
        const out = await session.run('encode', {
          chosen: rowsOf(pairs.chosen, rows, 'chosen'),
          rejected: rowsOf(pairs.rejected, rows, 'rejected'),
          mask: hostTensor(mask, [BATCH, context]),
        })
        batch.forEach(({ user }, set) => {
          for (let entry = 0; entry < latent; entry++) {
            const at = user * latent + entry
            sums.mean[at]! += out.mean!.values[set * latent + entry]! / count[user]!
            sums.variance[at]! += Math.exp(out.logVariance!.values[set * latent + entry]!) / count[user]!
          }
        })
      }
    } finally {
      await session.close()
    }
  }
  const prior = priorOf(weights, latent)
  users.forEach((_, user) => {
    if (count[user]! > 0) return
    sums.mean.set(prior.mean, user * latent)
    sums.variance.set(
      prior.logVariance.map((value) => Math.exp(value)),
      user * latent,
    )
  })
  const scaled = sums.mean.slice()
  if (parameters.length === 'always')
    for (let user = 0; user < users.length; user++)
      toLength(scaled.subarray(user * latent, (user + 1) * latent))
  return {
    width: latent,
    mean: Float32Array.from(sums.mean),
    logVariance: Float32Array.from(sums.variance, Math.log),
    latent: Float32Array.from(scaled),
  }
}

/**
 * The posterior of one user from all given pairs, for instance the few that a new user has just labelled; its `latent`
 * is the vector to score with.
 *
 * @throws GuerdonError ARGUMENT_INVALID for pairs of another width
 */
export const posteriorOf = (model: VariationalModel, pairs: EncodedPairs): Promise<UserPosteriors> =>
  userPosteriors(model, pairs, [Int32Array.from({ length: pairs.count }, (_, row) => row)])

/** Posteriors as the vectors that scoring takes, under the given names; anybody else is scored by the prior's mean. */
export const asUserVectors = (
  model: VariationalModel,
  names: readonly string[],
  { latent, width }: UserPosteriors,
): UserVectors => ({
  names,
  vectors: latent,
  width,
  unknown: Float32Array.from(priorOf(model.weights, width).mean),
})

/** The prior of a trained model: N(0, I), or the learned one. */
export function priorOf(
  weights: Parameters,
  latent: number,
): { readonly mean: Float64Array; readonly logVariance: Float64Array } {
  const own = (name: string): Float64Array =>
    Float64Array.from(weights[`prior.${name}`]?.values ?? new Float64Array(latent))
  return { mean: own('mean'), logVariance: own('logVariance') }
}

function toLength(vector: Float64Array): void {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0))
  const factor = Math.sqrt(vector.length) / Math.max(length, 1e-12)
  for (let entry = 0; entry < vector.length; entry++) vector[entry]! *= factor
}
