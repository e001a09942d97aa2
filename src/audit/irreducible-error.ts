/** How much of one reward's log-loss is disagreement that a mixture of rewards takes away. */
import { GuerdonError } from '../records/error.ts'

export interface IrreducibleError {
  readonly pairs: number
  /** mean −log P(chosen) of one reward, in nats */
  readonly single: number
  /** of the mixture */
  readonly mixture: number
  /** single − mixture: positive where people's disagreement has a structure that the mixture found */
  readonly removed: number
  /** removed / single, at most 1 */
  readonly share: number
  /** removed ± 1.96 standard errors of the paired differences */
  readonly interval: readonly [number, number]
}

/** A probability of 0 would make one pair decide everything. */
const LEAST = 1e-12

/**
 * Compares two models on the same held-out pairs: −log P of one Bradley–Terry reward against that of a mixture. A gap
 * that stays with more data is what no single reward can remove.
 * Source: paper 45, irreducible error of a single Bradley–Terry model.
 * @param single P(chosen ≻ rejected) of one reward, for each pair, in [0, 1]
 * @param mixture the same of the mixture
 * @throws GuerdonError ARGUMENT_INVALID for no pairs, lists of different lengths, or numbers outside [0, 1]
 *
 * @example irreducibleError([0.5, 0.5], [1, 1]).share // 1
 */
export function irreducibleError(single: ArrayLike<number>, mixture: ArrayLike<number>): IrreducibleError {
  const pairs = single.length
  if (pairs === 0 || mixture.length !== pairs)
    throw new GuerdonError('ARGUMENT_INVALID', `${pairs} and ${mixture.length} probabilities`, {
      expected: 'one of each model for at least one pair',
    })
  const loss = (probability: number, pair: number): number => {
    if (!(probability >= 0 && probability <= 1))
      throw new GuerdonError('ARGUMENT_INVALID', `pair ${pair} has the probability ${probability}`, {
        expected: '0 to 1',
      })
    return -Math.log(Math.max(LEAST, probability))
  }
  let [own, mixed, squares] = [0, 0, 0]
  const differences = new Float64Array(pairs)
  for (let pair = 0; pair < pairs; pair++) {
    const [a, b] = [loss(single[pair]!, pair), loss(mixture[pair]!, pair)]
    own += a / pairs
    mixed += b / pairs
    differences[pair] = a - b
  }
  const removed = own - mixed
  for (const difference of differences) squares += (difference - removed) ** 2
  const error = pairs > 1 ? Math.sqrt(squares / (pairs - 1) / pairs) : 0
  return {
    pairs,
    single: own,
    mixture: mixed,
    removed,
    share: own > 0 ? removed / own : 0,
    interval: [removed - 1.96 * error, removed + 1.96 * error],
  }
}
