/**
 * Latent variables with a diagonal Gaussian posterior: drawing, scaling, divergence from the prior.
 * Source: paper 55; VPL `pref_learn/models/vae.py`, vpl_llm `hidden_context/vae_utils.py`.
 */

import { norm } from '../engine/operations.ts'
import type { Tensor } from '../engine/tensor.ts'

export interface Posterior {
  /** [sets, latent] */
  readonly mean: Tensor
  /** [sets, latent] */
  readonly logVariance: Tensor
}

/** mean + e^{½·logVariance}·noise, noise standard normal of the same shape. */
export const drawLatent = ({ mean, logVariance }: Posterior, noise: Tensor): Tensor =>
  mean.add(logVariance.mul(0.5).exp().mul(noise))

/** Each row scaled to the length √width that a draw of the prior has on average. The zero row stays 0. */
export const toPriorLength = (latent: Tensor): Tensor =>
  latent.div(norm(latent, true).maximum(1e-12)).mul(Math.sqrt(latent.shape.at(-1)!))

/** Both held in [−1, 1], as the language version does; no gradient outside. */
export const heldPosterior = ({ mean, logVariance }: Posterior): Posterior => ({
  mean: mean.minimum(1).maximum(-1),
  logVariance: logVariance.minimum(1).maximum(-1),
})

/**
 * −Σ_d (1 + (lv − lv_p) − e^{lv − lv_p} − (m − m_p)²/e^{lv_p}) for each set: **twice** the divergence from the prior,
 * the form in which the authors' control code has it. [sets]
 */
export function twiceDivergence(posterior: Posterior, prior?: Posterior): Tensor {
  const { mean, logVariance } = posterior
  const ratio = prior === undefined ? logVariance : logVariance.sub(prior.logVariance)
  const apart =
    prior === undefined ? mean.square() : mean.sub(prior.mean).square().div(prior.logVariance.exp())
  return ratio.add(1).sub(ratio.exp()).sub(apart).sum(-1).neg()
}
