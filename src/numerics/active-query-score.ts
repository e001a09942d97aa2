/**
 * How much the answers to a set of questions would tell about a user: from the Gaussian posteriors that each possible
 * set of answers leads to.
 * Source: paper 55, VPL `experiments/active_utils.py`; Kolchinsky and Tracey, 2017, for the mixture's entropy.
 */
import { GuerdonError } from '../records/error.ts'

/**
 * An estimate of the mutual information between answers and user, in nats, in [0, ln H]: the entropy of the mixture
 * of the H posteriors minus their mean entropy, H(mixture) bounded through pairwise divergences,
 * −mean_i log mean_j exp(−KL(i ‖ j)). It is an upper bound, 0 when the answers change nothing.
 *
 * @param mean row-major, [hypotheses · width]
 * @param logVariance row-major, of the same length
 * @throws GuerdonError ARGUMENT_INVALID for lengths that do not fit
 * @example answerInformation([0, 0], [0, 0], 1) // 0
 */
export function answerInformation(
  mean: ArrayLike<number>,
  logVariance: ArrayLike<number>,
  width: number,
): number {
  const rows = hypotheses(logVariance, width)
  if (mean.length !== logVariance.length)
    throw new GuerdonError('ARGUMENT_INVALID', `${mean.length} means and ${logVariance.length} variances`)
  let total = 0
  for (let i = 0; i < rows; i++) {
    let near = 0
    for (let j = 0; j < rows; j++) near += Math.exp(-divergence(mean, logVariance, width, i, j))
    total -= Math.log(near / rows)
  }
  return Math.max(0, total / rows)
}

/** KL between the posteriors of two hypotheses. */
function divergence(
  mean: ArrayLike<number>,
  logVariance: ArrayLike<number>,
  width: number,
  i: number,
  j: number,
): number {
  let sum = 0
  for (let k = 0; k < width; k++) {
    const [own, other] = [logVariance[i * width + k]!, logVariance[j * width + k]!]
    const apart = mean[i * width + k]! - mean[j * width + k]!
    sum += other - own + Math.exp(own - other) + apart * apart * Math.exp(-other) - 1
  }
  return sum / 2
}

/**
 * The authors' score as coded, log(2π·mean Σ_d var) − mean Σ_d log(2π·var_d): the logarithm of a sum against a sum of
 * logarithms, so no entropy of anything and not comparable between widths; it looks at variances only.
 *
 * @param logVariance row-major, [hypotheses · width]
 * @example answerInformationAsPublished([0, 0], 1) // 0
 */
export function answerInformationAsPublished(logVariance: ArrayLike<number>, width: number): number {
  const rows = hypotheses(logVariance, width)
  let [variances, logs] = [0, 0]
  for (let place = 0; place < logVariance.length; place++) {
    variances += Math.exp(logVariance[place]!)
    logs += Math.log(2 * Math.PI) + logVariance[place]!
  }
  return Math.log((2 * Math.PI * variances) / rows) - logs / rows
}

/**
 * The authors' second rule: the smallest entropy that any answers could leave, min ½Σ_d (1 + log 2π·var_d).
 *
 * @param logVariance row-major, [hypotheses · width]
 * @example leastPosteriorEntropy([0], 1) // 1.4189385332046727
 */
export function leastPosteriorEntropy(logVariance: ArrayLike<number>, width: number): number {
  const rows = hypotheses(logVariance, width)
  let least = Number.POSITIVE_INFINITY
  for (let row = 0; row < rows; row++) {
    let sum = 0
    for (let k = 0; k < width; k++) sum += 1 + Math.log(2 * Math.PI) + logVariance[row * width + k]!
    least = Math.min(least, sum / 2)
  }
  return least
}

function hypotheses(logVariance: ArrayLike<number>, width: number): number {
  const rows = logVariance.length / width
  if (!(rows >= 1) || !Number.isInteger(rows))
    throw new GuerdonError('ARGUMENT_INVALID', `${logVariance.length} variances of width ${width}`, {
      expected: 'at least one posterior, all of one width',
    })
  return rows
}
