/**
 * Scoring rules for a stated probability q of an outcome c ∈ {0, 1}. A rule is proper when stating the true
 * probability maximises its expectation; with a bounded proper rule, correctness + score pays both for being right and
 * for knowing how right one is.
 */
import { GuerdonError } from '../records/error.ts'

export const SCORING_RULES = ['brier', 'spherical', 'log', 'clipped-log', 'linear'] as const
export type ScoringRule = (typeof SCORING_RULES)[number]

/** Smallest probability the clipped logarithm sees; its score is divided by −ln of it, which makes it end at −1. */
export const CLIPPED_LOG_FLOOR = 0.01

/** Which rules are proper and which are bounded: correctness + score needs both. */
export const RULE_PROPERTIES: Readonly<
  Record<ScoringRule, { readonly proper: boolean; readonly bounded: boolean }>
> = {
  brier: { proper: true, bounded: true },
  spherical: { proper: true, bounded: true },
  log: { proper: true, bounded: false },
  'clipped-log': { proper: true, bounded: true },
  linear: { proper: false, bounded: true },
}

/**
 * The score S(c, q) ≤ 0 of stating q when the outcome is c; 0 is best.
 *   brier        −(q − c)²
 *   spherical    q_c / √(q² + (1 − q)²) − 1, q_c the probability given to what happened
 *   log          ln q_c, −∞ for q_c = 0 (unbounded)
 *   clipped-log  ln max(q_c, 0.01) / −ln 0.01, proper for q in [0.01, 0.99]
 *   linear       −|q − c|, not proper: it pays to state 0 or 1
 * Source: RLCR (arXiv 2507.16806), theorem 1; Gneiting and Raftery 2007.
 * @throws GuerdonError ARGUMENT_INVALID unless q is in [0, 1] and c is 0 or 1
 *
 * @example properScore('brier', 1, 0.9) // −0.01
 */
export function properScore(rule: ScoringRule, correct: number, confidence: number): number {
  if ((correct !== 0 && correct !== 1) || !(confidence >= 0 && confidence <= 1)) {
    throw new GuerdonError('ARGUMENT_INVALID', `outcome ${correct} with confidence ${confidence}`, {
      expected: 'an outcome of 0 or 1 and a confidence in [0, 1]',
    })
  }
  const given = correct === 1 ? confidence : 1 - confidence
  switch (rule) {
    case 'brier':
      return -((confidence - correct) ** 2)
    case 'spherical':
      return given / Math.hypot(confidence, 1 - confidence) - 1
    case 'log':
      return Math.log(given)
    case 'clipped-log':
      return Math.log(Math.max(given, CLIPPED_LOG_FLOOR)) / -Math.log(CLIPPED_LOG_FLOOR)
    case 'linear':
      return -Math.abs(confidence - correct)
  }
}

/**
 * The expected reward of an answer that is right with probability p when q is stated:
 * E[c + S(c, q)] = p · (1 + S(1, q)) + (1 − p) · S(0, q).
 *
 * @example expectedReward('brier', 0.7, 0.7) // 0.49
 */
export function expectedReward(rule: ScoringRule, probability: number, confidence: number): number {
  if (!(probability >= 0 && probability <= 1)) {
    throw new GuerdonError('ARGUMENT_INVALID', `the probability is ${probability}`, {
      expected: 'a number in [0, 1]',
    })
  }
  // An outcome that cannot happen must not turn 0 · −∞ into NaN.
  const right = probability === 0 ? 0 : probability * (1 + properScore(rule, 1, confidence))
  const wrong = probability === 1 ? 0 : (1 - probability) * properScore(rule, 0, confidence)
  return right + wrong
}

/** The confidence of a grid with the highest expected reward; of equals the first. */
export function bestConfidence(rule: ScoringRule, probability: number, grid: readonly number[]): number {
  if (grid.length === 0)
    throw new GuerdonError('ARGUMENT_INVALID', 'the grid is empty', { expected: 'confidences' })
  let best = grid[0]!
  let bestReward = Number.NEGATIVE_INFINITY
  for (const confidence of grid) {
    const reward = expectedReward(rule, probability, confidence)
    if (reward > bestReward) {
      best = confidence
      bestReward = reward
    }
  }
  return best
}
