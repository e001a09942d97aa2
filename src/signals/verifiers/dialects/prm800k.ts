/**
 * The dialects `prm800k` and `openrlhf`: equality of normalised strings first, then, element by element of a tuple,
 * of expressions. Their symbolic rung (a computer algebra system that executes what it parses) is replaced by an
 * argument; without one the difference is sampled.
 */
import { lastBoxedText, unwrapBoxed } from './boxed.ts'
import { latexToText } from './latex-to-text.ts'
import { parseFloatText, strip } from './python-text.ts'
import { differenceVanishes } from './sampled-difference.ts'
import { stripString } from './strip-string.ts'

/** Decides whether two expressions are equal; undefined when it cannot tell. */
export type SymbolicEqual = (gold: string, answer: string) => boolean | undefined

export interface Prm800kOptions {
  /** verl's prime copy also removes litres and keeps spaces and braces */
  readonly variant?: 'prm800k' | 'prime'
}

const units =
  'degree cm centimeter meter mile second minute hour day week month year foot feet inch yard'.split(' ')
const unitPatterns = [...units, 'liter'].map((unit) => new RegExp(`${unit}(es)?s? *(\\^[0-9]+)?`, 'g'))
const brackets = '()[]'

/** Removes one `\text{…}` around a whole text. */
function unwrapText(text: string): string {
  return /^\\text\{([^\n]+)\}\n?$/.exec(text)?.[1] ?? text
}

/** The first rung's normal form: `\text{}` unwrapped, then the MATH normalisation; the text itself where that fails. */
export function normalizeMathd(answer: string): string {
  const trimmed = strip(answer)
  const match = /^\\text\{([^\n]+)\}$/.exec(trimmed)
  const text = match === null ? trimmed : strip(match[1]!)
  return stripString(text) ?? text
}

function removeGroupCommas(text: string): string {
  let before: string
  let after = text
  do {
    before = after
    after = before.replace(/(\d),(\d\d\d)($|\D)/g, '$1$2$3')
  } while (after !== before)
  return after
}

function isWhole(value: number | undefined): value is number {
  return value !== undefined && Number.isFinite(value) && Math.abs(value - Math.round(value)) <= 1e-7
}

/** Whether a text reads as a whole number, digit-group commas and decimals such as `2.0` included. */
function readsAsInteger(text: string): boolean {
  return isWhole(parseFloatText(removeGroupCommas(text)))
}

function isPlainFraction(text: string): boolean {
  return /^-?[0-9]+[^\n]?\/0*[1-9][0-9]*[^\n]?\n?$/.test(text)
}

function latexAsExpression(latex: string): string {
  const spaced = latex
    .replaceAll('\\tfrac', '\\frac')
    .replaceAll('\\dfrac', '\\frac')
    .replaceAll('\\frac', ' \\frac')
  const text = latexToText(spaced)
    .replaceAll('√', 'sqrt')
    .replaceAll('π', 'pi')
    .replaceAll('∞', 'inf')
    .replaceAll('∪', 'U')
    .replaceAll('·', '*')
    .replaceAll('×', '*')
  return strip(text)
}

/**
 * The second rung's normal form: units, currency and percent signs removed, LaTeX as text, lower case, whole numbers
 * through a double (so integers above 2⁵³ meet their neighbours, as in the original).
 * Source: prm800k `grading/grader.py`, OpenRLHF `utils/math_utils.py`.
 *
 * @example normalizePrm800k('8\\frac{3}{5}\\text{ cm}') // '8+3/5'
 */
export function normalizePrm800k(answer: string, { variant = 'prm800k' }: Prm800kOptions = {}): string {
  let text = unwrapText(answer)
    .replaceAll('\\%', '%')
    .replaceAll('\\$', '$')
    .replaceAll('$', '')
    .replaceAll('%', '')
    .replaceAll(' or ', ' , ')
    .replaceAll(' and ', ' , ')
    .replaceAll('million', '*10^6')
    .replaceAll('billion', '*10^9')
    .replaceAll('trillion', '*10^12')
  const last = variant === 'prime' ? unitPatterns.length : units.length
  for (let unit = 0; unit < last; unit++) text = text.replace(unitPatterns[unit]!, '')
  text = text.replace(/\^ *\\circ/g, '')
  if (text.startsWith('{') && text.endsWith('}')) text = text.slice(1, -1)
  text = text.replace(/,\\! */g, '')
  const number = parseFloatText(text)
  if (isWhole(number)) text = BigInt(Math.round(number)).toString()
  if (text.includes('\\')) {
    try {
      text = latexAsExpression(text)
    } catch {
      // Too deep to read: the text stays as it is, as when the original's reader fails.
    }
  }
  text = text.replace(/- */g, '-').replace(/([0-9]) +([0-9])/g, '$1+$2')
  if (variant === 'prm800k') text = text.replaceAll(' ', '').replaceAll('{', '').replaceAll('}', '')
  text = text.toLowerCase()
  if (readsAsInteger(text)) {
    const whole = parseFloatText(text.replaceAll(',', ''))
    if (whole !== undefined) text = BigInt(Math.trunc(whole)).toString()
  }
  return text
}

/** The elements of `(a, b)` or `[a, b]`; the text itself when it is no tuple or has brackets inside. */
function tupleElements(expression: string): string[] {
  const text = removeGroupCommas(expression)
  if (text === '') return []
  const inner = text.slice(1, -1)
  const isTuple =
    text.length > 2 &&
    brackets.includes(text[0]!) &&
    brackets.includes(text.at(-1)!) &&
    ![...brackets].some((bracket) => inner.includes(bracket))
  return isTuple ? inner.split(',').map(strip) : [text]
}

/** The original refuses to compare texts with more than two letters, braced or parenthesised powers, or large ones. */
function mayCompareSymbolically(expression: string): boolean {
  const letters = new Set(expression.replaceAll('sqrt', '').replaceAll('frac', '').match(/\p{L}/gu))
  return letters.size <= 2 && !/\^[{(]|\^[0-9]+\^|\^[0-9][0-9]/.test(expression)
}

function elementsEqual(gold: string, answer: string, symbolicEqual: SymbolicEqual): boolean {
  if (isPlainFraction(gold) && isPlainFraction(answer)) return gold === answer
  if (readsAsInteger(gold) !== readsAsInteger(answer)) return false
  return mayCompareSymbolically(`(${gold})-(${answer})`) && symbolicEqual(gold, answer) === true
}

/**
 * Whether an answer equals the gold one for the prm800k grader (OpenRLHF's copy decides alike).
 * Edge cases: an answer that normalises to nothing is wrong; unreduced plain fractions are wrong.
 *
 * @example equalPrm800k('\\frac{12}{17}', '\\frac{48}{68}') // true
 * @example equalPrm800k('2', '\\frac{10}{5}') // false: an integer has to be written as one
 */
export function equalPrm800k(
  gold: string,
  answer: string,
  symbolicEqual: SymbolicEqual = differenceVanishes,
  options: Prm800kOptions = {},
): boolean {
  if (normalizeMathd(gold) === normalizeMathd(answer)) return true
  const left = normalizePrm800k(gold, options)
  const right = normalizePrm800k(answer, options)
  if (left === right) return true
  if (right === '') return false
  const golds = tupleElements(left)
  const answers = tupleElements(right)
  if (golds.length > 1 && (left[0] !== right[0] || left.at(-1) !== right.at(-1))) return false
  if (golds.length !== answers.length) return false
  return golds.every((element, index) => elementsEqual(element, answers[index]!, symbolicEqual))
}

/** The answer OpenRLHF grades: the content of the last `\boxed{…}`; `\boxed x` and `\fbox{…}` do not count. */
export function extractOpenrlhf(completion: string): string | undefined {
  const boxed = lastBoxedText(completion, ['\\boxed', '\\fbox'])
  return boxed === undefined ? undefined : unwrapBoxed(boxed)
}

/** 1 when the last box equals the gold answer, else 0. */
export function scoreOpenrlhf(completion: string, gold: string, symbolicEqual?: SymbolicEqual): 0 | 1 {
  const answer = extractOpenrlhf(completion)
  return answer !== undefined && equalPrm800k(gold, answer, symbolicEqual) ? 1 : 0
}
