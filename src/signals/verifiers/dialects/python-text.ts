/**
 * Text operations with the exact meaning the Python graders give them: white space, digits, numbers and counting
 * in characters (code points) and not in UTF-16 units. The dialects need them to agree with the trainers.
 */

const WHITE = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'
const isWhite = new RegExp(`[${WHITE}]`)
const whiteRun = new RegExp(`[${WHITE}]+`)
const floatForm = /^[+-]?(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:e[+-]?\d+(?:_\d+)*)?$/i
// Decimal digits and the characters Unicode types as digits (superscripts, subscripts, circled ones).
const digit =
  /[\p{Nd}\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u2080-\u2089\u2460-\u2468\u2474-\u247c\u2488-\u2490\u24ea\u24f5-\u24fd\u24ff\u2776-\u277e\u2780-\u2788\u278a-\u2792]/u

/** Removes white space at both ends as Python's `str.strip` does (it knows other characters than `trim`). */
export function strip(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isWhite.test(text[start]!)) start++
  while (end > start && isWhite.test(text[end - 1]!)) end--
  return text.slice(start, end)
}

/** The words of a text as Python's `str.split()` gives them; no empty words. */
export function splitWords(text: string): string[] {
  const stripped = strip(text)
  return stripped === '' ? [] : stripped.split(whiteRun)
}

/** The last `count` characters of a text, counted in code points. */
export function lastCharacters(text: string, count: number): string {
  if (text.length <= count) return text
  let start = text.length
  for (let taken = 0; taken < count && start > 0; taken++) {
    const low = text.charCodeAt(start - 1)
    const pair =
      low >= 0xdc00 && low <= 0xdfff && start > 1 && (text.charCodeAt(start - 2) & 0xfc00) === 0xd800
    start -= pair ? 2 : 1
  }
  return text.slice(start)
}

/** The first character (code point) of a text; '' when there is none. */
export function firstCharacter(text: string): string {
  const code = text.codePointAt(0)
  return code === undefined ? '' : String.fromCodePoint(code)
}

/** Number of characters (code points) of a text. */
export function characterCount(text: string): number {
  let count = text.length
  for (let index = 1; index < text.length; index++) {
    if ((text.charCodeAt(index) & 0xfc00) === 0xdc00 && (text.charCodeAt(index - 1) & 0xfc00) === 0xd800)
      count--
  }
  return count
}

/** Whether a text has at least one digit in the sense of Python's `str.isdigit`. */
export function hasDigit(text: string): boolean {
  return digit.test(text)
}

/** Whether every character is a digit and there is at least one (Python's `str.isdigit`). */
export function isDigits(text: string): boolean {
  if (text === '') return false
  for (const character of text) if (!digit.test(character)) return false
  return true
}

/**
 * A text with every decimal digit of Unicode as 0 to 9; scripts list their ten digits in a row.
 *
 * @example asciiDigits('٣.5') // '3.5'
 */
export function asciiDigits(text: string): string {
  return text.replace(/(?![0-9])\p{Nd}/gu, (character) => {
    const plain = character.normalize('NFKC')
    if (/^[0-9]$/.test(plain)) return plain
    let value = 0
    const code = character.codePointAt(0)!
    while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(code - value - 1))) value++
    return String(value)
  })
}

/**
 * The number Python's `float()` reads from a text; undefined where it raises.
 *
 * @example parseFloatText(' 1_000.5 ') // 1000.5
 */
export function parseFloatText(text: string): number | undefined {
  const stripped = asciiDigits(strip(text))
  if (floatForm.test(stripped)) return Number(stripped.replaceAll('_', ''))
  const word = /^([+-]?)(inf|infinity|nan)$/i.exec(stripped)
  if (word === null) return undefined
  if (word[2]!.toLowerCase() === 'nan') return Number.NaN
  return word[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}

/** Number of places where a part occurs, without overlaps (Python's `str.count`; the part is not empty). */
export function countOccurrences(text: string, part: string): number {
  let count = 0
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) count++
  return count
}
