/**
 * The string normalisation of the MATH data set (Hendrycks et al. 2021), which `verl/math-reward`, `prm800k` and
 * `openrlhf` share. Undefined stands for the cases in which the original raises an error.
 */
import { characterCount, firstCharacter } from './python-text.ts'

/** `\frac12` → `\frac{1}{2}`, `\frac1{2}` → `\frac{1}{2}`; a lone character after `\frac` leaves the text as it is. */
function braceFractions(text: string): string | undefined {
  const [head, ...tails] = text.split('\\frac')
  let result = head!
  for (const tail of tails) {
    result += '\\frac'
    if (tail === '') return undefined
    if (tail.startsWith('{')) {
      result += tail
      continue
    }
    const numerator = firstCharacter(tail)
    const rest = tail.slice(numerator.length)
    const denominator = firstCharacter(rest)
    if (denominator === '') return text
    const after = rest.slice(denominator.length)
    result += denominator === '{' ? `{${numerator}}${rest}` : `{${numerator}}{${denominator}}${after}`
  }
  return result
}

/** `\sqrt2` → `\sqrt{2}`. */
function braceRoots(text: string): string | undefined {
  const [head, ...tails] = text.split('\\sqrt')
  let result = head!
  for (const tail of tails) {
    if (tail === '') return undefined
    const first = firstCharacter(tail)
    result += first === '{' ? `\\sqrt${tail}` : `\\sqrt{${first}}${tail.slice(first.length)}`
  }
  return result
}

/**
 * The normal form of a MATH answer.
 * Source: Hendrycks et al. 2021, `math_equivalence.py`, as used in verl `math_reward.py` and prm800k `math_normalize.py`.
 *
 * @example stripString('\\dfrac12\\text{ cm}') // '\\frac{1}{2}'
 */
export function stripString(answer: string): string | undefined {
  let text = answer
    .replaceAll('\n', '')
    .replaceAll('\\!', '')
    .replaceAll('\\\\', '\\')
    .replaceAll('tfrac', 'frac')
    .replaceAll('dfrac', 'frac')
    .replaceAll('\\left', '')
    .replaceAll('\\right', '')
    .replaceAll('^{\\circ}', '')
    .replaceAll('^\\circ', '')
    .replaceAll('\\$', '')
  const parts = text.split('\\text{ ')
  if (parts.length > 2) return undefined
  text = parts[0]!.replaceAll('\\%', '').replaceAll(' .', ' 0.').replaceAll('{.', '{0.')
  if (text === '') return text
  if (text.startsWith('.')) text = `0${text}`
  const sides = text.split('=')
  if (sides.length === 2 && characterCount(sides[0]!) <= 2) text = sides[1]!
  const rooted = braceRoots(text)
  const fractioned = rooted === undefined ? undefined : braceFractions(rooted.replaceAll(' ', ''))
  if (fractioned === undefined) return undefined
  if (fractioned === '0.5') return '\\frac{1}{2}'
  const slash = /^(0|-?[1-9][0-9]*)\/(0|-?[1-9][0-9]*)$/.exec(fractioned)
  return slash === null ? fractioned : `\\frac{${slash[1]}}{${slash[2]}}`
}
