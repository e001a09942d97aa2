/** The curves of gold reward against the distance from the initial policy, and where they peak. */
import { GuerdonError } from '../records/error.ts'

export interface OveroptimisationFit {
  readonly alpha: number
  readonly beta: number
  readonly rmse: number
  /** √KL at the peak; null when β ≤ 0: there is none */
  readonly peakDistance: number | null
  readonly peakKl: number | null
}

/**
 * Least-squares fit over d = √KL of the gold reward measured from d = 0:
 * best-of-n R(d) = d(α − βd), peak at α/2β; RL R(d) = d(α − β ln d), peak at exp(α/β − 1).
 * A point at d = 0 is the origin and no part of the fit. Source: Gao, Schulman, Hilton (arXiv 2210.10760), eq. 1.
 * @throws GuerdonError ARGUMENT_INVALID with fewer than two different points beside d = 0
 *
 * @example fitOveroptimisation(Float64Array.of(1, 4), Float64Array.of(0.5, 0), 'bon').peakDistance // ≈ 1
 */
export function fitOveroptimisation(
  kl: Float64Array,
  gold: Float64Array,
  form: 'bon' | 'rl',
): OveroptimisationFit {
  const zero = kl.indexOf(0)
  const origin = zero === -1 ? 0 : gold[zero]!
  // R = α·u + β·v
  let uu = 0
  let uv = 0
  let vv = 0
  let ur = 0
  let vr = 0
  const points: [number, number, number][] = []
  for (let index = 0; index < kl.length; index++) {
    if (!(kl[index]! > 0)) continue
    const u = Math.sqrt(kl[index]!)
    const v = form === 'bon' ? -u * u : -u * Math.log(u)
    const reward = gold[index]! - origin
    points.push([u, v, reward])
    uu += u * u
    uv += u * v
    vv += v * v
    ur += u * reward
    vr += v * reward
  }
  const determinant = uu * vv - uv * uv
  if (points.length < 2 || !(determinant > 1e-12 * uu * vv)) {
    throw new GuerdonError('ARGUMENT_INVALID', 'no over-optimisation curve is fixed by the points', {
      expected: 'at least two different positive KL values',
      found: `${points.length} points`,
    })
  }
  const alpha = (ur * vv - vr * uv) / determinant
  const beta = (vr * uu - ur * uv) / determinant
  let squares = 0
  for (const [u, v, reward] of points) squares += (reward - alpha * u - beta * v) ** 2
  const peak = beta <= 0 ? null : form === 'bon' ? alpha / (2 * beta) : Math.exp(alpha / beta - 1)
  return {
    alpha,
    beta,
    rmse: Math.sqrt(squares / points.length),
    peakDistance: peak,
    peakKl: peak === null ? null : peak * peak,
  }
}
