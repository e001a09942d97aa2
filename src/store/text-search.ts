/** How a text is looked for: as it stands, anywhere, case ignored. */

/**
 * The LIKE pattern (escape character `\`) of a text that is ASCII; undefined for others, whose case LIKE may not know.
 *
 * @example textPattern('50%') // '%50\\%%'
 */
export function textPattern(text: string): string | undefined {
  if (!/^[\0-\x7f]*$/.test(text)) return undefined
  return likePattern(text)
}

/** The same for any text, for a LIKE that knows every case. */
export function likePattern(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`
}

/** Whether a text contains another, case ignored. */
export function matchesText(text: string, wanted: string): boolean {
  return text.toLowerCase().includes(wanted.toLowerCase())
}
