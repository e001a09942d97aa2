/** The nets of variational preference learning, and the posteriors they give to users' labelled pairs. */
import { compile } from '../engine/compile.ts'
import type { Parameters } from '../engine/host-tensor.ts'
import type { TensorTree } from '../engine/optimiser.ts'
import { rowsOf } from '../engine/sessions/fill.ts'
import { full, type Tensor } from '../engine/tensor.ts'
import type { RandomStream } from '../numerics/random.ts'
import type { Posterior } from '../objectives/gaussian-latent.ts'
import { latentReward } from '../objectives/latent-reward.ts'
import { setEncoder } from '../objectives/set-encoder.ts'
import { userEncoder } from '../objectives/user-encoder.ts'
import type { EncodedPairs } from './encoded-pairs.ts'

export interface LatentShape {
  readonly width: number
  readonly encoder: 'attention' | 'ordered'
  readonly latent: number
  readonly hidden: number
  readonly setPairs: number
}

/** Layers of `encoder.…` and `reward.…`. */
export function latentNets({ width, encoder, latent, hidden, setPairs }: LatentShape) {
  const byAttention = userEncoder({ name: 'encoder', width, hidden, latent })
  const byOrder = setEncoder({ name: 'encoder', pairs: setPairs, width, hidden, latent })
  const layers = encoder === 'ordered' ? 3 : 2
  const decoder = latentReward({ name: 'reward', width, latent, hidden, layers })
  return {
    initialise: (stream: RandomStream): Parameters => ({
      ...(encoder === 'ordered' ? byOrder : byAttention).initialise(stream),
      ...decoder.initialise(stream),
    }),
    attention: (weights: TensorTree, chosen: Tensor, rejected: Tensor, mask: Tensor): Posterior =>
      byAttention.apply(weights, chosen, rejected, mask),
    ordered: (weights: TensorTree, first: Tensor, second: Tensor, label: Tensor): Posterior =>
      byOrder.apply(weights, first, second, label),
    reward: (weights: TensorTree, items: Tensor, latents: Tensor): Tensor =>
      decoder.apply(weights, items, latents),
  }
}

export interface UserPosteriors {
  readonly names: readonly string[]
  readonly width: number
  /** row-major, users × width */
  readonly mean: Float32Array
  readonly logVariance: Float32Array
}

/** Users that one run of the encoder reads, and the most pairs of one user by attention. */
const USERS = 64
const MOST_PAIRS = 64

/**
 * Posteriors of sets of pairs given by their row numbers; every set has at least one. Attention reads up to 64 pairs of
 * a set; the ordered encoder reads exactly as many as it was trained on, repeating them where there are fewer.
 */
export async function encodeSets(
  weights: Parameters,
  shape: LatentShape,
  pairs: EncodedPairs,
  sets: readonly Int32Array[],
): Promise<{ readonly mean: Float32Array; readonly logVariance: Float32Array }> {
  const { width, latent, encoder, setPairs } = shape
  const most =
    encoder === 'ordered' ? setPairs : Math.min(MOST_PAIRS, Math.max(1, ...sets.map((rows) => rows.length)))
  const nets = latentNets(shape)
  const program = await compile(
    {
      chosen: { shape: [USERS, most, width] },
      rejected: { shape: [USERS, most, width] },
      mask: { shape: [USERS, most] },
      ...Object.fromEntries(
        Object.entries(weights).map(([name, { shape: own, dtype }]) => [name, { shape: own, dtype }]),
      ),
    },
    ({ chosen, rejected, mask, ...own }) => {
      const posterior =
        encoder === 'ordered'
          ? nets.ordered(own, chosen!, rejected!, full([USERS, most], 1))
          : nets.attention(own, chosen!, rejected!, mask!)
      return { mean: posterior.mean, logVariance: posterior.logVariance }
    },
  )
  const mean = new Float32Array(sets.length * latent)
  const logVariance = new Float32Array(sets.length * latent)
  try {
    for (let from = 0; from < sets.length; from += USERS) {
      const count = Math.min(USERS, sets.length - from)
      const rows = new Int32Array(USERS * most)
      const mask = new Float32Array(USERS * most)
      for (let place = 0; place < USERS; place++) {
        const own = sets[Math.min(from + place, sets.length - 1)]!
        for (let pair = 0; pair < most; pair++) {
          rows[place * most + pair] = own[pair % own.length]!
          mask[place * most + pair] = pair < own.length ? 1 : 0
        }
      }
      const out = await program.run({
        ...weights,
        chosen: rowsOf(pairs.chosen, rows, 'chosen').values,
        rejected: rowsOf(pairs.rejected, rows, 'rejected').values,
        mask,
      })
      mean.set(out.mean.values.subarray(0, count * latent), from * latent)
      logVariance.set(out.logVariance.values.subarray(0, count * latent), from * latent)
    }
  } finally {
    await program.close()
  }
  return { mean, logVariance }
}

/** Posteriors of every user whom the pairs name, from that user's pairs; users without pairs are left out. */
export async function encodePosteriors(
  weights: Parameters,
  shape: LatentShape,
  pairs: EncodedPairs,
): Promise<UserPosteriors> {
  const rows = pairs.users.names.map(() => [] as number[])
  pairs.users.codes.forEach((code, row) => {
    if (code >= 0 && pairs.tie[row] !== 1) rows[code]!.push(row)
  })
  const present = Array.from(rows.keys()).filter((user) => rows[user]!.length > 0)
  const sets = present.map((user) => Int32Array.from(rows[user]!))
  const { mean, logVariance } = await encodeSets(weights, shape, pairs, sets)
  return { names: present.map((user) => pairs.users.names[user]!), width: shape.latent, mean, logVariance }
}
