/** Finding `\boxed{…}` by counting braces, from the end of a text and in linear time. */

/** The position of the brace that closes the first one opened at or after `start`; −1 when it stays open. */
export function closingBrace(text: string, start: number): number {
  let open = 0
  for (let index = start; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === 123) open++
    else if (code === 125) {
      open--
      // A text such as `\boxed } {` goes below zero first and may come back to it: the graders stop only at zero.
      if (open === 0) return index
    }
  }
  return -1
}

/**
 * The text from the last of the markers up to its closing brace; the second marker is tried only when the first
 * occurs nowhere. Undefined when there is no marker or its braces stay open.
 *
 * @example lastBoxedText('so \\boxed{\\frac{1}{2}}.', ['\\boxed', '\\fbox']) // '\\boxed{\\frac{1}{2}}'
 */
export function lastBoxedText(text: string, markers: readonly string[]): string | undefined {
  for (const marker of markers) {
    const start = text.lastIndexOf(marker)
    if (start === -1) continue
    const end = closingBrace(text, start)
    return end === -1 ? undefined : text.slice(start, end + 1)
  }
  return undefined
}

/** The content of a text that is exactly `\boxed{…}`; undefined for any other form. */
export function unwrapBoxed(text: string): string | undefined {
  return text.startsWith('\\boxed{') && text.endsWith('}') ? text.slice(7, -1) : undefined
}
