/** The scale on which differences of rewards are honest probabilities. */
import { GuerdonError } from '../records/error.ts'
import { softplus } from './sigmoid.ts'

export interface TemperatureScaling {
  /** T > 0: above 1 the differences are too large (overconfident), below 1 too small */
  readonly temperature: number
  /** mean log-loss of Δ/T, in nats */
  readonly logLoss: number
  /** the minimum lies at the end of the searched range: every label agrees with its sign, or too few do */
  readonly atBound: boolean
}

const GOLDEN = (Math.sqrt(5) - 1) / 2
const RANGE = 4
const PRECISION = 1e-9

/**
 * The temperature that minimises the mean of softplus(−y·Δ/T), y = ±1, by golden section on ln T in [−4, 4]. The loss
 * is convex in 1/T, so the minimum is the only one. Order is untouched: what T repairs is scale alone.
 * Source: paper 00-reward-model-losses, metrics.
 * @param labels 1: the first is preferred, 0: the second; 1 throughout unless given
 * @throws GuerdonError ARGUMENT_INVALID for no pairs, lists of different lengths or a difference that is not finite
 *
 * @example temperatureScaling([1, 1, 1, -1]).temperature // ≈ 0.9102
 */
export function temperatureScaling(
  differences: ArrayLike<number>,
  labels?: ArrayLike<number>,
): TemperatureScaling {
  const pairs = differences.length
  if (pairs === 0 || (labels !== undefined && labels.length !== pairs)) {
    throw new GuerdonError('ARGUMENT_INVALID', `${pairs} differences and ${labels?.length} labels`, {
      expected: 'at least one pair and a label for each',
    })
  }
  const signed = new Float64Array(pairs)
  for (let pair = 0; pair < pairs; pair++) {
    signed[pair] = (labels === undefined || labels[pair] === 1 ? -1 : 1) * differences[pair]!
    if (!Number.isFinite(signed[pair]!)) {
      throw new GuerdonError('ARGUMENT_INVALID', `the difference of pair ${pair} is not finite`)
    }
  }
  const loss = (logTemperature: number): number => {
    const inverse = Math.exp(-logTemperature)
    let sum = 0
    for (let pair = 0; pair < pairs; pair++) sum += softplus(signed[pair]! * inverse)
    return sum / pairs
  }
  let low = -RANGE
  let high = RANGE
  let left = high - GOLDEN * (high - low)
  let right = low + GOLDEN * (high - low)
  let leftLoss = loss(left)
  let rightLoss = loss(right)
  while (high - low > PRECISION) {
    if (leftLoss <= rightLoss) {
      high = right
      right = left
      rightLoss = leftLoss
      left = high - GOLDEN * (high - low)
      leftLoss = loss(left)
    } else {
      low = left
      left = right
      leftLoss = rightLoss
      right = low + GOLDEN * (high - low)
      rightLoss = loss(right)
    }
  }
  const logTemperature = (low + high) / 2
  return {
    temperature: Math.exp(logTemperature),
    logLoss: loss(logTemperature),
    atBound: Math.abs(logTemperature) > RANGE - 1e-6,
  }
}
