/**
 * Whether two final answers say the same: the product's own mathematical verifier. A ladder of rungs, cheap ones
 * first, stops at the first decision; what no rung decides is "undecided", which is never a wrong acceptance.
 */
import { timeExceeded } from './budget.ts'
import { isChoiceLetter } from './choice.ts'
import { newComparison } from './compare.ts'
import { agreeWhenRounded } from './compare-numbers.ts'
import { DEFAULT_OPTIONS, type EquivalenceOptions, type ResolvedOptions, type Verdict } from './comparison.ts'
import { type LongNumber, Prepared } from './prepare.ts'
import { equals } from './rational.ts'

export type { EquivalenceOptions, Verdict } from './comparison.ts'

/** The verdict, the rung of the ladder that decided (0 to 6), and why, in a few words. */
export interface Equivalence {
  readonly verdict: Verdict
  readonly rung: number
  readonly evidence: string
  /** Why the gold answer cannot be compared at all; such a row is invalid, not wrong. */
  readonly goldProblem?: string
}

/** A gold answer that is parsed once for many comparisons. */
export type PreparedGold = Prepared

/**
 * Reads a gold answer once, for all rollouts of its prompt.
 *
 * @example const gold = prepareGold('\\frac{1}{2}'); equivalent(gold, '0.5').verdict // 'equal'
 */
export function prepareGold(gold: string): PreparedGold {
  return new Prepared(gold)
}

/** Why a gold answer cannot be compared with anything but itself, or undefined. */
export function goldProblem(gold: PreparedGold): string | undefined {
  if (gold.key === '') return 'the gold answer is empty'
  if (gold.number !== undefined) return undefined
  if (gold.isLong) return gold.longNumber === undefined ? 'the gold answer is too long' : undefined
  return gold.expression === undefined && gold.choice === undefined
    ? 'the gold answer is not an expression of the grammar'
    : undefined
}

function result(verdict: Verdict, rung: number, evidence: string): Equivalence {
  return { verdict, rung, evidence }
}

const SAME_TEXT = result('equal', 0, 'the same text')
const SAME_TOKENS = result('equal', 0, 'the same text but for layout')
const SAME_NUMBER = result('equal', 1, 'the same number')
const SAME_ROUNDED = result('equal', 1, 'the same number when rounded')
const OTHER_NUMBER = result('different', 1, 'different numbers')
const EMPTY = result('different', 0, 'the answer is empty')

/**
 * Compares an answer with the gold answer.
 *
 * Rungs: 0 layout, 1 numbers (exact; to six decimals where one has a decimal point), 2 lists, sets, tuples, intervals
 * and matrices, 3 equations and inequalities, 4 canonical forms, 5 values at sample points, 6 words and choices.
 *
 * Bounds: 250 ms a pair, 4,096 characters beyond rung 1, 20,000 digits. Never throws, never evaluates code.
 *
 * @param gold the right answer, as text or from `prepareGold`
 * @param answer the text to judge, as `extractAnswer` returns it
 * @returns verdict `equal`, `different` or `undecided`; `goldProblem` where the gold answer itself is unusable
 * @example equivalent('\\frac{1}{2}', '0.5').verdict // 'equal'
 * @example equivalent('x+y=3', '3').verdict // 'different'
 */
export function equivalent(
  gold: string | PreparedGold,
  answer: string,
  options?: EquivalenceOptions,
): Equivalence {
  const left = typeof gold === 'string' ? new Prepared(gold) : gold
  const right = new Prepared(answer)
  const resolved: ResolvedOptions =
    options === undefined ? DEFAULT_OPTIONS : { ...DEFAULT_OPTIONS, ...options }
  if (left.text !== '' && left.text === right.text) return SAME_TEXT
  if (left.number !== undefined && right.number !== undefined) {
    const [a, b] = [left.number, right.number]
    if (equals(a.value, b.value)) return SAME_NUMBER
    if (resolved.relativeTolerance === 0) {
      const isRounded = (a.decimal || b.decimal) && agreeWhenRounded(a.value, b.value, resolved.decimals)
      return isRounded ? SAME_ROUNDED : OTHER_NUMBER
    }
  }
  if (right.key === '') return withProblem(EMPTY, left)
  if (left.key === right.key) return SAME_TOKENS
  if (left.isLong || right.isLong) return withProblem(compareLong(left, right, resolved.decimals), left)
  try {
    return withProblem(climb(left, right, resolved), left)
  } catch (error) {
    if (error === timeExceeded) return withProblem(result('undecided', 5, 'the deadline has passed'), left)
    // a tree deeper than the stack is too deep to compare
    if (error instanceof RangeError) return withProblem(result('undecided', 4, 'too deep to compare'), left)
    throw error
  }
}

function withProblem(equivalence: Equivalence, gold: Prepared): Equivalence {
  const problem = goldProblem(gold)
  return problem === undefined ? equivalence : { ...equivalence, verdict: 'undecided', goldProblem: problem }
}

function climb(gold: Prepared, answer: Prepared, options: ResolvedOptions): Equivalence {
  const choice = compareChoices(gold, answer)
  if (choice !== undefined) return choice
  const letters = compareLetters(gold, answer)
  if (letters !== undefined) return letters
  if (gold.expression === undefined || answer.expression === undefined) {
    return result(
      'undecided',
      0,
      `the ${gold.expression === undefined ? 'gold answer' : 'answer'} is not parsable`,
    )
  }
  const comparison = newComparison(options)
  const verdict = comparison.compare(gold.expression, answer.expression, comparison)
  return result(verdict, comparison.rung, comparison.evidence)
}

/** Letters of multiple choice; undefined where the two answers are not both choices. */
function compareChoices(gold: Prepared, answer: Prepared): Equivalence | undefined {
  const a = gold.choice
  const b = answer.choice
  if (a === undefined || b === undefined || !(isChoiceLetter(a) || isChoiceLetter(b))) return undefined
  if (a.letter === b.letter) return result('equal', 6, 'the same choice')
  if (a.letter.toLowerCase() !== b.letter.toLowerCase()) return result('different', 6, 'different choices')
  return a.isMarked || b.isMarked
    ? result('equal', 6, 'the same choice')
    : result('undecided', 6, 'one letter in different case')
}

const CAPITALS = /^[A-Z]{2,}$/
const LETTERS = /^[A-Za-z]{3,}$/
const CAPITALISED = /^[A-Z][a-z]+$/

/**
 * Answers that are letters only: an order of capitals (CAB) is not their product, and a word in another case is the
 * same word. Undefined where neither applies.
 */
function compareLetters(gold: Prepared, answer: Prepared): Equivalence | undefined {
  const a = gold.letters
  const b = answer.letters
  if (a === undefined || b === undefined) return undefined
  if (CAPITALS.test(a) && CAPITALS.test(b))
    return result('undecided', 6, 'capitals in different order, or different names')
  if (a.toLowerCase() !== b.toLowerCase() || !LETTERS.test(a)) return undefined
  return CAPITALISED.test(a) || CAPITALISED.test(b) ? result('equal', 6, 'the same word') : undefined
}

/** Answers too long to parse: equal numbers digit by digit, everything else is undecided. */
function compareLong(gold: Prepared, answer: Prepared, decimals: number): Equivalence {
  const a = gold.longNumber
  const b = answer.longNumber
  if (a === undefined || b === undefined) return result('undecided', 0, 'too long to parse')
  if (sameDigits(a, b)) return SAME_NUMBER
  if (!a.hasPoint && !b.hasPoint) return OTHER_NUMBER
  const isRounded = roundedDigits(a, decimals) === roundedDigits(b, decimals)
  return isRounded ? result('undecided', 1, 'long numbers that agree when rounded') : OTHER_NUMBER
}

function sameDigits(a: LongNumber, b: LongNumber): boolean {
  const isZero = a.whole === '' && a.decimals === ''
  return a.whole === b.whole && a.decimals === b.decimals && (isZero || a.isNegative === b.isNegative)
}

/** Sign, whole part and the first decimals, rounded up at five: one text for one rounded number. */
function roundedDigits({ isNegative, whole, decimals }: LongNumber, places: number): string {
  const kept = `${whole}.${decimals.slice(0, places).padEnd(places, '0')}`
  return `${isNegative ? '-' : ''}${kept}${(decimals[places] ?? '0') >= '5' ? '+' : ''}`
}
