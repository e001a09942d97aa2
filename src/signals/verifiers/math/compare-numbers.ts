/** Rung 1: plain numbers, exactly, or to six decimals where one of them was written with a decimal point. */
import type { Comparison, Verdict } from './comparison.ts'
import type { NumberNode } from './expression.ts'
import { divide, equals, isZero, type Rational, rounded, sign, subtract, toDouble } from './rational.ts'

/** Places of significance that a rounded value must keep, so that 6.67e-11 and 6.68e-11 differ. */
const LEAST_SIGNIFICANT_PLACES = 3
/** Decimal places beyond which nothing is rounded. */
const PLACE_LIMIT = 400

/**
 * Whether two numbers agree when both are rounded to `decimals` places. Values too small to keep three digits there
 * are rounded to `decimals` significant digits instead; zero agrees only with zero.
 *
 * @example agreeWhenRounded(rational(6, 13), rational(461538, 1000000), 6) // true
 */
export function agreeWhenRounded(a: Rational, b: Rational, decimals: number): boolean {
  if (equals(a, b)) return true
  if (isZero(a) || isZero(b) || sign(a) !== sign(b)) return false
  const size = Math.max(Math.abs(toDouble(a)), Math.abs(toDouble(b)))
  let places = decimals
  if (size < 10 ** (LEAST_SIGNIFICANT_PLACES - 1 - decimals)) {
    places = decimals - 1 - Math.floor(Math.log10(size))
    if (!(places <= PLACE_LIMIT)) return false
  }
  return rounded(a, places) === rounded(b, places)
}

/** Whether two numbers differ by at most the relative tolerance of the options. */
function withinTolerance(a: Rational, b: Rational, tolerance: number): boolean {
  if (tolerance <= 0 || isZero(a) || isZero(b)) return false
  return Math.abs(toDouble(divide(subtract(a, b), a))) <= tolerance
}

/** Compares two plain numbers. */
export function compareNumbers(gold: NumberNode, answer: NumberNode, comparison: Comparison): Verdict {
  if (equals(gold.value, answer.value)) return comparison.decide('equal', 1, 'the same number')
  const { decimals, relativeTolerance } = comparison.options
  if ((gold.decimal || answer.decimal) && agreeWhenRounded(gold.value, answer.value, decimals)) {
    return comparison.decide('equal', 1, 'the same number when rounded')
  }
  if (withinTolerance(gold.value, answer.value, relativeTolerance)) {
    return comparison.decide('equal', 1, 'within the relative tolerance')
  }
  return comparison.decide('different', 1, 'different numbers')
}
