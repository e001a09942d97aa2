/** Cuts a text into what is drawn: plain runs, marked runs, and characters that the eye would miss, as escapes. */

export type MarkKind = 'evidence' | 'different'
/** UTF-16 positions, the end not included */
export interface Mark {
  readonly start: number
  readonly end: number
  readonly kind: MarkKind
}
export interface Piece {
  readonly start: number
  readonly text: string
  readonly mark: MarkKind | null
  /** the text is an escape that stands for one unseen character */
  readonly escaped: boolean
}

/**
 * Controls (line feed and tab stay), format and bidirectional characters, line and paragraph separators, lone
 * surrogates, private use, variation selectors and the Hangul fillers.
 */
const unseen =
  /\p{Cf}|\p{Zl}|\p{Zp}|\p{Cs}|\p{Co}|[\u0000-\u0008\u000b-\u001f\u007f-\u009f]|[\u115f\u1160\u3164\uffa0]|\u034f|[\u17b4\u17b5]|[\u180b-\u180d]|[\ufe00-\ufe0f]|[\u{e0100}-\u{e01ef}]/gu

export function escapeOf(character: string): string {
  return `\\u{${character.codePointAt(0)!.toString(16)}}`
}

/** A text on one line for lists: unseen characters escaped, line ends as ⏎. */
export function oneLine(text: string, most: number): string {
  const head = text.length > most ? `${text.slice(0, most)}…` : text
  return head.replace(/\r?\n/g, '⏎').replace(unseen, escapeOf)
}

/**
 * Pieces of a text from position `from` to `to`; marks may overlap or reach outside, the first one wins.
 *
 * @example piecesOf('a\u202eb', [{ start: 2, end: 3, kind: 'evidence' }]).map((piece) => piece.text) // ['a', '\\u{202e}', 'b']
 */
export function piecesOf(text: string, marks: readonly Mark[], from = 0, to = text.length): Piece[] {
  const pieces: Piece[] = []
  const add = (start: number, end: number, mark: MarkKind | null): void => {
    let at = start
    for (const match of text.slice(start, end).matchAll(unseen)) {
      const found = start + match.index
      if (found > at) pieces.push({ start: at, text: text.slice(at, found), mark, escaped: false })
      pieces.push({ start: found, text: escapeOf(match[0]), mark, escaped: true })
      at = found + match[0].length
    }
    if (at < end) pieces.push({ start: at, text: text.slice(at, end), mark, escaped: false })
  }
  let at = from
  for (const mark of [...marks].sort((a, b) => a.start - b.start)) {
    const start = Math.max(at, mark.start)
    const end = Math.min(to, mark.end)
    if (end <= start) continue
    add(at, start, null)
    add(start, end, mark.kind)
    at = end
  }
  add(at, to, null)
  return pieces
}
