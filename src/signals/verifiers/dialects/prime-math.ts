/**
 * The dialect `verl/prime-math`: the answer after the last of many phrases, graded as prm800k does and then as a
 * number that may be off by a factor of 100.
 */
import { closingBrace } from './boxed.ts'
import { equalPrm800k, type SymbolicEqual } from './prm800k.ts'
import { hasDigit, parseFloatText, strip } from './python-text.ts'
import { constantValue } from './sampled-difference.ts'

export interface PrimeMatch {
  /** whether a phrase or a box announced the answer and it has a digit */
  readonly matched: boolean
  readonly text: string
}

const phrasesBefore = ['answer:', 'answer is', 'answers are']
const phrasesAfter = ['is answer', 'is the answer', 'are answers', 'are the answers']
const phrasesLast = ['be ', 'is ', 'are ', '=', ': ', 'get ', 'be\n', 'is\n', 'are\n', ':\n', 'get\n']

/** The content of the last box, from its first opening to its closing brace, whatever stands between. */
function boxContent(text: string): string | undefined {
  let start = text.lastIndexOf('\\boxed')
  if (start === -1) start = text.lastIndexOf('\\fbox')
  if (start === -1) return undefined
  const open = text.indexOf('{', start)
  const close = closingBrace(text, start)
  return open === -1 || close === -1 ? undefined : strip(text.slice(open + 1, close))
}

/**
 * The answer of a completion: after the last announcing phrase, before the last closing one, the content of the last
 * box, up to the last `. `, after the last of `is`, `are`, `=` and the like. Without any of them the whole completion.
 * Source: verl `utils/reward_score/prime_math`.
 *
 * @example extractPrimeMath('The answer is x = 5') // { matched: true, text: '5' }
 */
export function extractPrimeMath(completion: string): PrimeMatch {
  let text = completion
  let matched = false
  const keepAfter = (phrase: string) => {
    const at = text.toLowerCase().lastIndexOf(phrase)
    if (at === -1) return
    matched = true
    text = strip(text.slice(at + phrase.length))
  }
  for (const phrase of phrasesBefore) keepAfter(phrase)
  for (const phrase of phrasesAfter) {
    const at = text.toLowerCase().lastIndexOf(phrase)
    if (at === -1) continue
    matched = true
    text = strip(text.slice(0, at))
  }
  const boxed = boxContent(text)
  if (boxed !== undefined && boxed !== '') {
    matched = true
    text = boxed
  }
  const sentence = text.toLowerCase().lastIndexOf('. ')
  if (sentence !== -1) text = strip(text.slice(0, sentence))
  for (const phrase of phrasesLast) keepAfter(phrase)
  return { matched: matched && hasDigit(text), text }
}

/** Reads a number with digit-group commas, a percent sign, or a factor π in the given value. */
function numberOf(text: string, pi: number): number | undefined {
  const plain = strip(text).replaceAll(',', '')
  const number = parseFloatText(plain)
  if (number !== undefined) return number
  if (plain.endsWith('%')) {
    const percent = parseFloatText(plain.slice(0, -1).replace(/\\$/, ''))
    return percent === undefined ? undefined : percent / 100
  }
  return plain.includes('\\pi') ? constantValue(plain.replaceAll('\\pi', `(${pi})`)) : undefined
}

/** Whether two answers are the same number up to a factor of 100 and a relative error of 1e-4, π being exact or 3.14. */
export function equalPrimeNumbers(gold: string, answer: string): boolean {
  for (const pi of [Math.PI, 3.14]) {
    const reference = numberOf(gold, pi)
    const value = numberOf(answer, pi)
    if (reference === undefined || value === undefined) continue
    for (const target of [reference / 100, reference, reference * 100]) {
      if (Math.abs(value - target) <= 1e-4 * Math.max(Math.abs(value), Math.abs(target))) return true
    }
  }
  return false
}

/**
 * 1 when the extracted answer is right for the prm800k rules or as a number, else 0. It accepts answers that are off
 * by a factor of 100, as the trainer does.
 */
export function scorePrimeMath(completion: string, gold: string, symbolicEqual?: SymbolicEqual): 0 | 1 {
  const { text } = extractPrimeMath(completion)
  const right = equalPrm800k(gold, text, symbolicEqual, { variant: 'prime' }) || equalPrimeNumbers(gold, text)
  return right ? 1 : 0
}
