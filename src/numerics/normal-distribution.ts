/**
 * The standard normal distribution in double precision: its distribution function and the inverse of it.
 * Sources: Cody, "Rational Chebyshev approximation for the error function" (1969), for the distribution function;
 * Wichura, "Algorithm AS 241" (1988), for the quantile. Coefficients run from the highest power to the constant.
 */
import { GuerdonError } from '../records/error.ts'

const CENTRE_ABOVE = [
  0.06568233791820745, 2.2352520354606837, 161.02823106855587, 1067.6894854603709, 18154.98125334356,
]
const CENTRE_BELOW = [1, 47.202581904688245, 976.0985517377767, 10260.932208618979, 45507.78933502673]
const MIDDLE_ABOVE = [
  1.0765576773720192e-8, 0.39894151208813466, 8.883149794388377, 93.50665613217785, 597.2702763948002,
  2494.5375852903726, 6848.190450536283, 11602.65143764735, 9842.714838383978,
]
const MIDDLE_BELOW = [
  1, 22.266688044328117, 235.387901782625, 1519.3775994075547, 6485.558298266761, 18615.571640885097,
  34900.95272114598, 38912.00328609327, 19685.429676859992,
]
const TAIL_ABOVE = [
  0.023073441764940174, 0.215898534057957, 0.12740116116024736, 0.022235277870649807, 0.0014216191932278934,
  2.9112874951168793e-5,
]
const TAIL_BELOW = [
  1, 1.284260096144911, 0.4682382124808651, 0.06598813786892856, 0.0037823963320275824, 7.297515550839662e-5,
]
const QUANTILE_CENTRE_ABOVE = [
  2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946,
  1971.5909503065513, 133.14166789178438, 3.3871328727963665,
]
const QUANTILE_CENTRE_BELOW = [
  5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751,
  687.1870074920579, 42.31333070160091, 1,
]
const QUANTILE_MIDDLE_ABOVE = [
  0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684, 3.6478483247632045,
  5.769497221460691, 4.630337846156546, 1.4234371107496835,
]
const QUANTILE_MIDDLE_BELOW = [
  1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008, 0.6897673349851,
  1.6763848301838038, 2.053191626637759, 1,
]
const QUANTILE_TAIL_ABOVE = [
  2.0103343992922881e-7, 2.7115555687434876e-5, 0.0012426609473880784, 0.026532189526576124,
  0.29656057182850487, 1.7848265399172913, 5.463784911164114, 6.657904643501103,
]
const QUANTILE_TAIL_BELOW = [
  2.0442631033899397e-15, 1.421511758316446e-7, 1.8463183175100548e-5, 0.0007868691311456133,
  0.014875361290850615, 0.1369298809227358, 0.599832206555888, 1,
]

const ONE_OVER_ROOT_TWO_PI = 0.3989422804014327

function polynomial(coefficients: readonly number[], x: number): number {
  let value = 0
  for (let index = 0; index < coefficients.length; index++) value = value * x + coefficients[index]!
  return value
}

/** e^(−x²/2), exact where x² alone would already have lost digits. */
function gaussian(x: number): number {
  const rounded = Math.trunc(x * 16) / 16
  return Math.exp((-rounded * rounded) / 2) * Math.exp((-(x - rounded) * (x + rounded)) / 2)
}

/**
 * Φ(x): the probability that a standard normal variable is at most x. Relative error below 1e-14 down to x = −37,
 * where Φ leaves the range of doubles; −∞ gives 0, ∞ gives 1, NaN gives NaN.
 *
 * @example normalDistribution(1.96) // 0.9750021048517795
 */
export function normalDistribution(x: number): number {
  const size = Math.abs(x)
  if (size <= 0.67448975) {
    const square = x * x
    return 0.5 + (x * polynomial(CENTRE_ABOVE, square)) / polynomial(CENTRE_BELOW, square)
  }
  if (Number.isNaN(x)) return x
  let tail: number
  if (size <= Math.sqrt(32)) {
    tail = gaussian(size) * (polynomial(MIDDLE_ABOVE, size) / polynomial(MIDDLE_BELOW, size))
  } else if (size < 39) {
    const inverse = 1 / (size * size)
    const correction = (inverse * polynomial(TAIL_ABOVE, inverse)) / polynomial(TAIL_BELOW, inverse)
    tail = gaussian(size) * ((ONE_OVER_ROOT_TWO_PI - correction) / size)
  } else tail = 0
  return x > 0 ? 1 - tail : tail
}

/**
 * Φ⁻¹(p): the value that a standard normal variable exceeds with probability 1 − p. Relative error below 1e-14;
 * p = 0 gives −∞ and p = 1 gives ∞.
 * @throws GuerdonError ARGUMENT_INVALID for a p outside [0, 1]
 *
 * @example normalQuantile(0.85) // 1.0364333894937898
 */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) {
    throw new GuerdonError('ARGUMENT_INVALID', 'a quantile was asked of no probability', {
      expected: 'a number from 0 to 1',
      found: p,
    })
  }
  if (p === 0) return Number.NEGATIVE_INFINITY
  if (p === 1) return Number.POSITIVE_INFINITY
  const centred = p - 0.5
  if (Math.abs(centred) <= 0.425) {
    const r = 0.180625 - centred * centred
    return (centred * polynomial(QUANTILE_CENTRE_ABOVE, r)) / polynomial(QUANTILE_CENTRE_BELOW, r)
  }
  const r = Math.sqrt(-Math.log(centred < 0 ? p : 1 - p))
  const value =
    r <= 5
      ? polynomial(QUANTILE_MIDDLE_ABOVE, r - 1.6) / polynomial(QUANTILE_MIDDLE_BELOW, r - 1.6)
      : polynomial(QUANTILE_TAIL_ABOVE, r - 5) / polynomial(QUANTILE_TAIL_BELOW, r - 5)
  return centred < 0 ? -value : value
}
