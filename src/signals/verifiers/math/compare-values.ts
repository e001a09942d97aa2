/** Rungs 1, 4 and 5 on scalar expressions: exact numbers, canonical fractions, then values at sample points. */
import { limitExceeded } from './budget.ts'
import { toFraction } from './canonical.ts'
import { agreeWhenRounded, compareNumbers } from './compare-numbers.ts'
import type { Comparison, Verdict } from './comparison.ts'
import type { Complex } from './complex.ts'
import { evaluate, NO_POINT } from './evaluate.ts'
import { collectSymbols, type Expression, fitsInDoubles, type NumberNode, numberNode } from './expression.ts'
import { AtomTable, constantOfFraction, crossDifference, noValue } from './fraction.ts'
import { magnitudeOf } from './magnitude.ts'
import { isZeroPolynomial } from './polynomial.ts'
import { rational, toDouble } from './rational.ts'
import { agreesDirectly, type SampleResult, sampleDifference, sampleDirectly, samplePoint } from './sample.ts'
import { structureOf, withoutCommonTerms } from './structure.ts'

/** Relative difference at one point that no rounding explains: most wrong answers end here. */
const CLEAR_DIFFERENCE = 1e-6
/** Share of the largest summand that cancellation may cost. */
const CANCELLATION = 1e-8
/** Distances between constants below this may be rounding of a value that is zero. */
const NOISE = 1e-12
/** Logarithms of huge constants that differ by more than this share belong to different numbers. */
const LOG_DIFFERENCE = 1e-9

/** Compares two scalar expressions. */
export function compareValues(gold: Expression, answer: Expression, comparison: Comparison): Verdict {
  if (gold.kind === 'number' && answer.kind === 'number') return compareNumbers(gold, answer, comparison)
  const goldInfinity = infinityOf(gold)
  const answerInfinity = infinityOf(answer)
  if (goldInfinity !== 0 || answerInfinity !== 0) {
    if (Number.isNaN(goldInfinity) && Number.isNaN(answerInfinity)) {
      if (structureOf(gold) === structureOf(answer))
        return comparison.decide('equal', 4, 'the same expression')
      return comparison.decide('undecided', 4, 'arithmetic with infinity on both sides')
    }
    return comparison.decide(goldInfinity === answerInfinity ? 'equal' : 'different', 4, 'infinity')
  }
  if (structureOf(gold) === structureOf(answer)) return comparison.decide('equal', 4, 'the same expression')
  const names = new Set<string>()
  collectSymbols(gold, names)
  collectSymbols(answer, names)
  const left: Complex = { re: 0, im: 0, peak: 0 }
  const right: Complex = { re: 0, im: 0, peak: 0 }
  const point = names.size === 0 ? NO_POINT : samplePoint(names, 0)
  evaluate(gold, point, left)
  evaluate(answer, point, right)
  if (names.size === 0) {
    const outside = compareOutsideDoubles(gold, answer, left, right, comparison)
    if (outside !== undefined) return outside
    const decimal = compareDecimal(gold, answer, left, right, comparison)
    if (decimal !== undefined) return decimal
  }
  const size = Math.max(
    names.size === 0 ? 0 : 1,
    Math.hypot(left.re, left.im),
    Math.hypot(right.re, right.im),
  )
  const distance = Math.hypot(left.re - right.re, left.im - right.im)
  const noise = Math.max(NOISE, CANCELLATION * Math.max(left.peak, right.peak))
  if (distance > CLEAR_DIFFERENCE * size && distance > noise) {
    return comparison.decide('different', 5, 'different values at a sample point')
  }
  return compareCanonically(gold, answer, names, comparison)
}

/** 1 for ∞, −1 for −∞, NaN for arithmetic with ∞, 0 for everything else. */
function infinityOf(node: Expression): number {
  if (node.kind === 'constant') return node.name === 'infinity' ? 1 : 0
  if (node.kind === 'product') {
    let sign = 1
    let isInfinite = false
    for (const factor of node.factors) {
      const part = infinityOf(factor)
      if (part !== 0) isInfinite = true
      sign *= part !== 0 ? part : factor.kind === 'number' ? Math.sign(toDouble(factor.value)) : Number.NaN
    }
    return isInfinite ? sign || Number.NaN : 0
  }
  const parts =
    node.kind === 'sum'
      ? node.terms
      : node.kind === 'power'
        ? [node.base, node.exponent]
        : node.kind === 'call'
          ? node.arguments
          : []
  return parts.some((part) => infinityOf(part) !== 0) ? Number.NaN : 0
}

/** Constants without a value, or beyond the range of doubles; undefined where both values are ordinary. */
function compareOutsideDoubles(
  gold: Expression,
  answer: Expression,
  left: Complex,
  right: Complex,
  comparison: Comparison,
): Verdict | undefined {
  const isOrdinary = (node: Expression, { re, im }: Complex): boolean =>
    Number.isFinite(re) && Number.isFinite(im) && (re !== 0 || im !== 0 || node.kind === 'number')
  const goldIsOrdinary = isOrdinary(gold, left)
  const answerIsOrdinary = isOrdinary(answer, right)
  if (goldIsOrdinary && answerIsOrdinary) return undefined
  const magnitudes = compareMagnitudes(gold, answer, comparison)
  if (magnitudes === 'different') return magnitudes
  if (Number.isFinite(left.re + left.im) && Number.isFinite(right.re + right.im)) return undefined
  // equal magnitudes: only exact arithmetic can tell
  if (magnitudes !== undefined) return compareCanonically(gold, answer, NO_NAMES, comparison)
  const goldValue = exactValue(gold, comparison)
  const answerValue = exactValue(answer, comparison)
  if (goldValue === 'none' || answerValue === 'none') {
    return goldValue === answerValue
      ? comparison.decide('undecided', 5, 'neither side has a value')
      : comparison.decide('different', 5, 'one side has no value')
  }
  // doubles overflowed on the way to an exact value, such as a binomial coefficient
  if (goldValue !== undefined && answerValue !== undefined)
    return compareNumbers(goldValue, answerValue, comparison)
  return comparison.decide('undecided', 5, 'a side without a finite value')
}

const NO_NAMES: ReadonlySet<string> = new Set()

function compareMagnitudes(
  gold: Expression,
  answer: Expression,
  comparison: Comparison,
): Verdict | undefined {
  const a = magnitudeOf(gold)
  const b = magnitudeOf(answer)
  if (a === undefined || b === undefined) return undefined
  const isComparable = Number.isFinite(a.log) && Number.isFinite(b.log)
  const isDifferent =
    a.sign !== b.sign ||
    (isComparable
      ? Math.abs(a.log - b.log) > LOG_DIFFERENCE * Math.max(1, Math.abs(a.log), Math.abs(b.log))
      : a.log !== b.log)
  return isDifferent
    ? comparison.decide('different', 5, 'magnitudes differ')
    : comparison.decide('undecided', 5, 'magnitudes agree beyond the range of exact arithmetic')
}

/** A number written with a decimal point against a constant without one: both rounded. */
function compareDecimal(
  gold: Expression,
  answer: Expression,
  left: Complex,
  right: Complex,
  comparison: Comparison,
): Verdict | undefined {
  const isDecimal = (node: Expression): node is NumberNode => node.kind === 'number' && node.decimal
  const tolerance = comparison.options.relativeTolerance
  if (tolerance > 0) {
    const distance = Math.hypot(left.re - right.re, left.im - right.im)
    if (distance <= tolerance * Math.hypot(left.re, left.im)) {
      return comparison.decide('equal', 1, 'within the relative tolerance')
    }
  }
  const decimal = isDecimal(gold) ? gold : isDecimal(answer) ? answer : undefined
  if (decimal === undefined) return undefined
  const other = decimal === gold ? answer : gold
  const value = decimal === gold ? right : left
  const exact = exactValue(other, comparison)
  if (exact !== undefined && exact !== 'none') return compareNumbers(decimal, exact, comparison)
  if (Math.abs(value.im) > CLEAR_DIFFERENCE * Math.abs(value.re) || !fitsInDoubles(other)) return undefined
  // a double carries 15 digits; with more before the point, six decimals are noise
  if (Math.abs(value.re) * 10 ** comparison.options.decimals > 2 ** 50) return undefined
  const nearest = numberNode(rationalFromDouble(value.re))
  return agreeWhenRounded(decimal.value, nearest.value, comparison.options.decimals)
    ? comparison.decide('equal', 1, 'the same number when rounded')
    : comparison.decide('different', 1, 'different numbers when rounded')
}

/** The double as a fraction, exact to its last bit for the sizes that occur here. */
function rationalFromDouble(value: number): ReturnType<typeof rational> {
  return rational(BigInt(Math.round(value * 2 ** 52 * 2 ** 52)), 2n ** 104n)
}

/** The rational value of a constant; `none` where it divides by zero, undefined where it is irrational or too large. */
function exactValue(node: Expression, comparison: Comparison): NumberNode | 'none' | undefined {
  if (node.kind === 'number') return node
  try {
    const value = constantOfFraction(toFraction(node, new AtomTable(comparison.budget)))
    return value === undefined ? undefined : numberNode(value)
  } catch (error) {
    if (error === noValue) return 'none'
    if (error === limitExceeded) return undefined
    throw error
  }
}

function compareCanonically(
  gold: Expression,
  answer: Expression,
  names: ReadonlySet<string>,
  comparison: Comparison,
): Verdict {
  const table = new AtomTable(comparison.budget)
  let result: SampleResult
  try {
    const difference = crossDifference(toFraction(gold, table), toFraction(answer, table), table)
    if (isZeroPolynomial(difference)) return comparison.decide('equal', 4, 'the same canonical form')
    if (table.decides(difference)) return comparison.decide('different', 4, 'different canonical forms')
    result = sampleDifference(difference, table, names)
    if (result === 'equal' && !agreesDirectly(gold, answer, names)) result = 'undecided'
  } catch (error) {
    if (error === noValue) return comparison.decide('undecided', 4, 'a division by zero')
    if (error !== limitExceeded) throw error
    comparison.budget.spend(1000)
    if (dividesByZero(gold, comparison) || dividesByZero(answer, comparison)) {
      return comparison.decide('undecided', 4, 'a division by zero')
    }
    result = sampleRest(gold, answer)
  }
  switch (result) {
    case 'equal':
      return comparison.decide('equal', 5, 'the same values at the sample points')
    case 'different':
      return comparison.decide('different', 5, 'different values at the sample points')
    case 'branches':
      return comparison.decide('undecided', 5, 'the same values for positive variables only')
    case 'imprecise':
      return comparison.decide('undecided', 5, 'the same values within the precision of doubles')
    default:
      return comparison.decide('undecided', 5, 'too few usable sample points')
  }
}

/** Samples what is left of both sides without their common terms, where there is no canonical form. */
function sampleRest(gold: Expression, answer: Expression): SampleResult {
  const [left, right] = withoutCommonTerms(gold, answer)
  const names = new Set<string>()
  collectSymbols(left, names)
  collectSymbols(right, names)
  if (names.size === 0 && !(fitsInDoubles(left) && fitsInDoubles(right))) return 'imprecise'
  return sampleDirectly(left, right, names)
}

/** Whether exact arithmetic meets a division by zero in this expression alone. */
function dividesByZero(node: Expression, comparison: Comparison): boolean {
  try {
    toFraction(node, new AtomTable(comparison.budget))
    return false
  } catch (error) {
    if (error !== noValue && error !== limitExceeded) throw error
    return error === noValue
  }
}
