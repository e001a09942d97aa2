/** The adaptive coefficient of a KL penalty (Ziegler et al. 2019, section 2.2; verl `AdaptiveKLController`). */
import { GuerdonError } from '../records/error.ts'

export interface AdaptiveKlOptions {
  /** the KL that is wanted, in nats */
  readonly target: number
  /** steps over which a full error moves the coefficient by its own size */
  readonly horizon: number
}

/**
 * The next coefficient: β · (1 + clip(KL / target − 1, ±0.2) · steps / horizon). Grows while the observed KL lies
 * above the target. verl passes the batch size as `steps`.
 *
 * @throws GuerdonError ARGUMENT_INVALID unless target and horizon are positive
 * @example nextKlCoefficient(0.2, 30, 256, { target: 6, horizon: 10000 }) // 0.201024
 */
export function nextKlCoefficient(
  coefficient: number,
  observedKl: number,
  steps: number,
  { target, horizon }: AdaptiveKlOptions,
): number {
  if (!(target > 0 && horizon > 0)) {
    throw new GuerdonError('ARGUMENT_INVALID', 'an adaptive KL coefficient needs a target and a horizon', {
      expected: 'positive numbers',
      found: { target, horizon },
    })
  }
  const error = Math.min(Math.max(observedKl / target - 1, -0.2), 0.2)
  return coefficient * (1 + (error * steps) / horizon)
}
