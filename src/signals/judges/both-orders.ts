/** One verdict out of a judge who was asked in both orders, so that liking the first answer cancels out. */
import { GuerdonError } from '../../records/error.ts'

export interface BothOrders {
  /** that the answer is preferred, in [0, 1] */
  readonly probability: number
  /** 1 above ½, 0 below, and ½ for exactly ½ */
  readonly correct: number
}

/**
 * Mean of P(chosen preferred) with the chosen answer shown first and second. Exactly ½ is half right.
 * Source: RLHFlow/RLHF-Reward-Modeling, useful_code/eval_reward_bench_pm.py.
 * @throws GuerdonError ARGUMENT_INVALID for numbers outside [0, 1]
 *
 * @example bothOrders(0.9, 0.1) // { probability: 0.5, correct: 0.5 }
 */
export function bothOrders(chosenFirst: number, chosenSecond: number): BothOrders {
  const probability = (chosenFirst + chosenSecond) / 2
  const inside = [chosenFirst, chosenSecond].every((p) => p >= 0 && p <= 1)
  if (!inside) {
    throw new GuerdonError('ARGUMENT_INVALID', 'the judge gave no probability', {
      expected: 'two numbers in [0, 1]',
      found: [chosenFirst, chosenSecond],
    })
  }
  return { probability, correct: probability > 0.5 ? 1 : probability === 0.5 ? 0.5 : 0 }
}

/**
 * The verdict of a judge who was sampled several times in each order: A's share of all wins, and A above ½, B below, a
 * tie at ½. Source: paper 17 (a prompted judge, 8 samples in both orders).
 * @param winsFirst samples that preferred A when A was shown first
 * @param winsSecond samples that preferred A when A was shown second
 * @param samples of each order
 * @throws GuerdonError ARGUMENT_INVALID for more wins than samples
 *
 * @example sampledBothOrders(8, 3, 8) // { probability: 0.6875, verdict: 'A' }
 */
export function sampledBothOrders(
  winsFirst: number,
  winsSecond: number,
  samples: number,
): { readonly probability: number; readonly verdict: 'A' | 'B' | 'tie' } {
  if (![winsFirst, winsSecond].every((wins) => wins >= 0 && wins <= samples) || !(samples > 0)) {
    throw new GuerdonError('ARGUMENT_INVALID', `${winsFirst} and ${winsSecond} wins in ${samples} samples`, {
      expected: 'samples, and at most as many wins in each order',
    })
  }
  const wins = winsFirst + winsSecond
  return {
    probability: wins / (2 * samples),
    verdict: wins > samples ? 'A' : wins < samples ? 'B' : 'tie',
  }
}
