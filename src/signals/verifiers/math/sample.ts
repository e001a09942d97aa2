/** Rung 5: two expressions are compared by their complex values at points of a seeded stream. */
import type { Complex } from './complex.ts'
import { evaluate, type Point } from './evaluate.ts'
import { type Expression, fitsInDoubles, isConstant, partsOf } from './expression.ts'
import type { AtomTable } from './fraction.ts'
import { exponentIn, type Polynomial } from './polynomial.ts'
import { isInteger, toDouble } from './rational.ts'

/** Half of the points are positive, half negative. */
export const POINT_COUNT = 8
const LEAST_USABLE_POINTS = 4
const QUARTERS = POINT_COUNT / 2
const LOW = 0.3
const HIGH = 2.7

/** Relative difference up to which values agree, and above which they differ; between them nothing is known. */
const AGREEMENT = 1e-9
const DISAGREEMENT = 1e-6
/** What rounding leaves of terms that cancel exactly; a small remainder, as of (ln 3 − ln 2)^18, is larger. */
const DIFFERENCE_ROUNDING = 1e-13
/** Higher powers of small differences, expanded, cancel below what doubles can tell from 0. */
const TRUSTED_DEGREE = 12
/** The same for constants, which are evaluated once and without amplification by a random point. */
const CONSTANT_AGREEMENT = 1e-10
/** Share of the largest summand that rounding may cost a sum. */
const ROUNDING = 1e-13
/** Sizes below this have lost digits to underflow. */
const UNDERFLOW = 1e-290
/** Values above this leave less than 1e-7 of absolute accuracy: equality of what was not cancelled is not believed. */
const TRUSTED_MAGNITUDE = 1e9

/** A number in [0, 1) that depends on a variable's name and a point's index only. */
function unitHash(name: string, index: number): number {
  let hash = 0x811c9dc5 ^ Math.imul(index + 1, 0x9e3779b1)
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}

/** Sizes around which the points for functions with branches lie: |x + 5| and x + 5 agree everywhere near zero. */
const FAR = [10, 100]
const FAR_COUNT = 2 * FAR.length
/** More positive points for functions with branches: √((x − y)²) is x − y wherever x is the larger. */
const MORE_COUNT = 8
const BRANCHED_COUNT = POINT_COUNT + FAR_COUNT + MORE_COUNT

/**
 * The sample point with an index: 0 to 3 has all variables in (0.3, 2.7), 4 to 7 in (−2.7, −0.3), then two far points
 * of each sign, then eight in (0, 2.7). At first each variable visits every quarter of its range once, so that a sign
 * that changes inside is seen.
 */
export function samplePoint(names: Iterable<string>, index: number): Point {
  const point = new Map<string, number>()
  for (const name of names) {
    const hash = unitHash(name, index)
    if (index >= POINT_COUNT + FAR_COUNT) {
      point.set(name, HIGH * hash)
      continue
    }
    if (index >= POINT_COUNT) {
      const far = index - POINT_COUNT
      const size = FAR[far % FAR.length]! * (0.6 + 0.8 * hash)
      point.set(name, far < FAR.length ? size : -size)
      continue
    }
    const quarter = (index + Math.floor(unitHash(name, -1) * QUARTERS)) % QUARTERS
    const size = LOW + ((HIGH - LOW) * (quarter + hash)) / QUARTERS
    point.set(name, index < QUARTERS ? size : -size)
  }
  return point
}

function isPositive(index: number): boolean {
  if (index < POINT_COUNT) return index < QUARTERS
  return index < POINT_COUNT + FAR.length || index >= POINT_COUNT + FAR_COUNT
}

const ENTIRE: ReadonlySet<string> = new Set([
  'sin',
  'cos',
  'sinh',
  'cosh',
  'tan',
  'tanh',
  'factorial',
  'binomial',
])

/** Whether an expression applies a function with branches or corners to a variable. */
function hasBranches(node: Expression): boolean {
  const isPlain =
    (node.kind === 'call' && ENTIRE.has(node.name)) ||
    (node.kind === 'power' && (node.exponent.kind !== 'number' || isInteger(node.exponent.value))) ||
    (node.kind !== 'call' && node.kind !== 'power')
  return isPlain ? partsOf(node).some(hasBranches) : !isConstant(node)
}

/** Whether an expression rounds a variable: steps may fall between all sample points. */
function hasSteps(node: Expression): boolean {
  if (node.kind === 'call' && (node.name === 'floor' || node.name === 'ceil')) return !isConstant(node)
  return partsOf(node).some(hasSteps)
}

/**
 * `branches`: the values agree wherever all variables are positive, and disagree elsewhere, as √(x²) and x do.
 * `imprecise`: the values agree, but doubles cannot tell.
 */
export type SampleResult = 'equal' | 'different' | 'undecided' | 'branches' | 'imprecise'

/** Collects the outcome of single points. */
class Tally {
  #usable = 0
  #agreeing = 0
  #positiveDisagreeing = 0
  #disagreeing = 0

  /** One point: |difference| against the scale of the compared values. An untrusted point can only disagree. */
  add(index: number, difference: number, scale: number, isTrusted: boolean): void {
    if (!Number.isFinite(difference) || !Number.isFinite(scale)) return
    if (!isTrusted && difference <= DISAGREEMENT * scale) return
    this.#usable++
    if (difference <= AGREEMENT * scale) this.#agreeing++
    else if (difference > DISAGREEMENT * scale) {
      this.#disagreeing++
      if (isPositive(index)) this.#positiveDisagreeing++
    }
  }

  get isDifferent(): boolean {
    return this.#positiveDisagreeing > 0
  }

  result(): SampleResult {
    if (this.#positiveDisagreeing > 0) return 'different'
    if (this.#disagreeing > 0) return this.#agreeing > 0 ? 'branches' : 'different'
    return this.#usable >= LEAST_USABLE_POINTS && this.#agreeing === this.#usable ? 'equal' : 'undecided'
  }
}

const scratch = (): Complex => ({ re: 0, im: 0, peak: 0 })

/** Compares two constants by their values: relative to the larger one, with what cancellation cost. */
function sampleConstants(a: Expression, b: Expression): SampleResult {
  const left = scratch()
  const right = scratch()
  evaluate(a, samplePoint([], 0), left)
  evaluate(b, samplePoint([], 0), right)
  const size = Math.max(Math.hypot(left.re, left.im), Math.hypot(right.re, right.im))
  const distance = Math.hypot(left.re - right.re, left.im - right.im)
  if (!Number.isFinite(distance)) return 'undecided'
  if (distance <= CONSTANT_AGREEMENT * size) return size <= TRUSTED_MAGNITUDE ? 'equal' : 'imprecise'
  return distance > AGREEMENT * size && distance > 1e-14 * Math.max(left.peak, right.peak)
    ? 'different'
    : 'undecided'
}

/** Compares two expressions directly: |a − b| ≤ 1e-9 · max(1, |a|, |b|) at every usable point, at least four. */
export function sampleDirectly(a: Expression, b: Expression, names: ReadonlySet<string>): SampleResult {
  if (names.size === 0) return sampleConstants(a, b)
  const left = scratch()
  const right = scratch()
  const tally = new Tally()
  const count = hasBranches(a) || hasBranches(b) ? BRANCHED_COUNT : POINT_COUNT
  for (let index = 0; index < count && !tally.isDifferent; index++) {
    const point = samplePoint(names, index)
    left.peak = 0
    right.peak = 0
    evaluate(a, point, left)
    evaluate(b, point, right)
    const sizes = [Math.hypot(left.re, left.im), Math.hypot(right.re, right.im)] as const
    // a value lost to underflow says nothing
    if (Math.max(...sizes) < UNDERFLOW && !(sizes[0] === 0 && sizes[1] === 0)) continue
    const largest = Math.max(1, ...sizes)
    const isTrustedPoint = Math.max(largest, left.peak, right.peak) <= TRUSTED_MAGNITUDE
    tally.add(index, Math.hypot(left.re - right.re, left.im - right.im), largest, isTrustedPoint)
  }
  const result = tally.result()
  return result === 'equal' && (hasSteps(a) || hasSteps(b)) ? 'imprecise' : result
}

/**
 * Whether two expressions also agree by themselves, at enough points where both have values. The numerator of their
 * difference alone does not tell: it is zero where a common denominator vanishes, and may lose small differences when
 * its terms cancel.
 */
export function agreesDirectly(a: Expression, b: Expression, names: ReadonlySet<string>): boolean {
  const left = scratch()
  const right = scratch()
  const count = names.size === 0 ? 1 : POINT_COUNT
  let usable = 0
  for (let index = 0; index < count; index++) {
    const point = samplePoint(names, index)
    left.peak = 0
    right.peak = 0
    evaluate(a, point, left)
    evaluate(b, point, right)
    const distance = Math.hypot(left.re - right.re, left.im - right.im)
    if (!Number.isFinite(distance)) continue
    const size = Math.max(1, Math.hypot(left.re, left.im), Math.hypot(right.re, right.im))
    if (distance > AGREEMENT * size + ROUNDING * Math.max(left.peak, right.peak)) return false
    usable++
  }
  return usable >= Math.min(count, LEAST_USABLE_POINTS)
}

/**
 * Decides whether a polynomial in atoms, the difference of two expressions after exact cancellation, is zero. Its sum
 * is measured against its largest term, so that whatever the two sides share cannot hide a small difference.
 */
export function sampleDifference(
  difference: Polynomial,
  table: AtomTable,
  names: ReadonlySet<string>,
): SampleResult {
  const used = table.atoms.map((_, atom) =>
    [...difference.terms.keys()].some((monomial) => exponentIn(monomial, atom) > 0),
  )
  const isAConstant = names.size === 0
  const tally = new Tally()
  const values = table.atoms.map(scratch)
  const count = table.atoms.some(({ node }, atom) => used[atom] && hasBranches(node))
    ? BRANCHED_COUNT
    : POINT_COUNT
  for (let index = 0; index < (isAConstant ? 1 : count) && !tally.isDifferent; index++) {
    const point = samplePoint(names, index)
    table.atoms.forEach(({ node }, atom) => {
      if (used[atom]) evaluate(node, point, values[atom]!)
    })
    const { size, scale } = sumOfTerms(difference, values)
    // terms lost to underflow say nothing
    if (scale < UNDERFLOW) continue
    if (isAConstant) return constantResult(size, scale, difference, table, used)
    tally.add(index, size, scale, true)
  }
  const result = tally.result()
  const isDecided =
    isTrusted(table, used) && !table.atoms.some(({ node }, atom) => used[atom] && hasSteps(node))
  return result === 'equal' && !isDecided ? 'imprecise' : result
}

function sumOfTerms(polynomial: Polynomial, values: readonly Complex[]): { size: number; scale: number } {
  let re = 0
  let im = 0
  let scale = 0
  for (const [monomial, coefficient] of polynomial.terms) {
    let termRe = toDouble(coefficient)
    let termIm = 0
    for (let atom = 0, rest = monomial; rest > 0; atom++) {
      const exponent = exponentIn(monomial, atom)
      rest = Math.floor(rest / 128)
      for (let turn = 0; turn < exponent; turn++) {
        const value = values[atom]!
        const nextRe = termRe * value.re - termIm * value.im
        termIm = termRe * value.im + termIm * value.re
        termRe = nextRe
      }
    }
    re += termRe
    im += termIm
    scale = Math.max(scale, Math.hypot(termRe, termIm))
  }
  return { size: Math.hypot(re, im), scale }
}

function constantResult(
  size: number,
  scale: number,
  difference: Polynomial,
  table: AtomTable,
  used: readonly boolean[],
): SampleResult {
  if (!Number.isFinite(size) || difference.terms.size === 0) return 'undecided'
  if (size > AGREEMENT * scale) return 'different'
  if (size > DIFFERENCE_ROUNDING * scale) return 'undecided'
  const isShallow = [...difference.terms.keys()].every(
    (monomial) =>
      table.atoms.reduce((degree, _, atom) => degree + exponentIn(monomial, atom), 0) <= TRUSTED_DEGREE,
  )
  return isShallow && scale <= TRUSTED_MAGNITUDE && isTrusted(table, used) ? 'equal' : 'imprecise'
}

/** Whether no atom holds a number that a double confuses with its neighbours. */
function isTrusted(table: AtomTable, used: readonly boolean[]): boolean {
  return table.atoms.every(({ node }, atom) => !used[atom] || fitsInDoubles(node))
}
