/**
 * The dialect `verl/math-dapo`: the answer after the last `Answer:` of the completion's tail, compared as a
 * normalised string; 1 for equal, −1 otherwise (not 0). Its strict-box variant compares the last `\boxed{…}`.
 */
import { lastBoxedText, unwrapBoxed } from './boxed.ts'
import { isDigits, lastCharacters, strip } from './python-text.ts'

export interface MathDapoScore {
  readonly score: 1 | -1
  readonly acc: boolean
  readonly pred: string
}

/** What a completion without an `Answer:` line is read as. */
export const NO_ANSWER = '[INVALID]'

const replacements: readonly (readonly [string, string])[] = [
  ['an ', ''],
  ['a ', ''],
  ['.$', '$'],
  ['\\$', ''],
  ['\\ ', ''],
  [' ', ''],
  ['mbox', 'text'],
  [',\\text{and}', ','],
  ['\\text{and}', ','],
  ['\\text{m}', '\\text{}'],
]

const unitWords =
  'square ways integers dollars mph inches hours km units \\ldots sue points feet minutes digits cents degrees cm ' +
  'gm pounds meters meals edges students childrentickets multiples'

// The order matters: what an earlier deletion joins, a later one may find.
const deletions: readonly string[] = [
  ...unitWords.split(' '),
  '\\text{s}',
  '\\text{.}',
  '\\text{\ns}',
  '\\text{}^2',
  '\\text{}^3',
  '\\text{\n}',
  '\\text{}',
  '\\mathrm{th}',
  '^\\circ',
  '^{\\circ}',
  '\\;',
  ',\\!',
  '{,}',
  '"',
  '\\dots',
]

/**
 * The normal form of an answer in this dialect.
 * Source: verl `utils/reward_score/math_dapo.py`, after Lewkowycz et al. 2022, appendix D.
 *
 * @example normalizeMathDapo('x = \\frac12') // '\\frac{1}{2}'
 */
export function normalizeMathDapo(answer: string): string {
  let text = answer.slice(answer.lastIndexOf('=') + 1)
  for (const [before, after] of replacements) text = text.replaceAll(before, after)
  for (const deletion of deletions) text = text.replaceAll(deletion, '')
  // Without the check a long line with no dollar sign would be searched from each of its positions.
  if (text.includes('$')) text = text.replace(/[^\n$]*\$([^\n$]*)\$[^\n]*/g, '$$$1$$')
  text = text
    .replace(/\\text\{([^\n}]*)\}/g, '$1')
    .replace(/\\textbf\{([^\n}]*)\}/g, '$1')
    .replace(/\\overline\{([^\n}]*)\}/g, '$1')
    .replace(/\\boxed\{([^\n]*)\}/g, '$1')
    .replace(/frac([^{])([^\n])/gu, 'frac{$1}{$2}')
    .replace(/sqrt([^{])/gu, 'sqrt{$1}')
    .replaceAll('$', '')
  const digits = text.replaceAll(',', '')
  return strip(isDigits(digits) ? digits : text)
}

/** The text after the last `Answer:` among the last 300 characters; undefined when there is none. */
export function extractMathDapo(completion: string): string | undefined {
  let last: string | undefined
  for (const match of lastCharacters(completion, 300).matchAll(/Answer\s*:\s*([^\n]+)/giu)) last = match[1]
  return last
}

/**
 * Scores a completion: 1 when the normal forms agree, −1 otherwise; `pred` is the answer's normal form.
 *
 * @example scoreMathDapo('… Answer: 1,234', '1234') // { score: 1, acc: true, pred: '1234' }
 */
export function scoreMathDapo(completion: string, gold: string): MathDapoScore {
  const pred = normalizeMathDapo(extractMathDapo(completion) ?? NO_ANSWER)
  const acc = pred === normalizeMathDapo(gold)
  return { score: acc ? 1 : -1, acc, pred }
}

/** The content of the last `\boxed{…}` among the last 100 characters; undefined when there is none. */
export function extractStrictBox(completion: string): string | undefined {
  const boxed = lastBoxedText(lastCharacters(completion, 100), ['\\boxed{'])
  return boxed === undefined ? undefined : unwrapBoxed(boxed)
}

/** Scores the strict-box variant: 1 for the very same string, −1 otherwise. */
export function scoreStrictBox(completion: string, gold: string): 1 | -1 {
  return extractStrictBox(completion) === gold ? 1 : -1
}
