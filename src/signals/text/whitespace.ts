/**
 * White space as Python's `str.split` and `str.strip` see it. JavaScript's own idea differs: `\s` has U+FEFF and lacks
 * U+001C–U+001F and U+0085, so texts would be cut at other places than the published scores were.
 */

/** Whether a UTF-16 unit is white space in Python's sense. */
export function isWhitespace(code: number): boolean {
  if (code < 128) return code === 32 || (code >= 9 && code <= 13) || (code >= 28 && code <= 31)
  return (
    code === 0x85 ||
    code === 0xa0 ||
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000
  )
}

/** A text without white space at its end. */
export function trimEnd(text: string): string {
  let end = text.length
  while (end > 0 && isWhitespace(text.charCodeAt(end - 1))) end--
  return end === text.length ? text : text.slice(0, end)
}

/**
 * A text without white space at both ends.
 *
 * @example trim(' a\u00a0') // 'a'
 */
export function trim(text: string): string {
  const cut = trimEnd(text)
  let start = 0
  while (start < cut.length && isWhitespace(cut.charCodeAt(start))) start++
  return start === 0 ? cut : cut.slice(start)
}
