/** Finding and strictly reading the JSON a completion ends with. */

export interface FoundJson {
  readonly value: unknown
  /** where its text starts and ends in the completion */
  readonly start: number
  readonly end: number
}

interface Span {
  readonly start: number
  readonly end: number
}

/** Whether an opening bracket that was never closed looks like the start of JSON and not like one in a sentence. */
function looksLikeJson(text: string, open: number): boolean {
  const next = /^\s*(.?)/.exec(text.slice(open + 1, open + 80))![1]!
  return text[open] === '{' ? next === '"' : next === '"' || next === '{' || next === '['
}

/**
 * The last complete top-level object or array of a text, by counting brackets outside strings; undefined when there is
 * none. One pass: a line break inside a string ends the attempt, since JSON strings have none, and what lies inside an
 * object that was cut off is not top-level.
 */
function lastBracketed(text: string): Span | undefined {
  const complete: Span[] = []
  let open: number[] = []
  let inString = false
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (inString) {
      if (character === '\\') at++
      else if (character === '"') inString = false
      else if (character === '\n') {
        inString = false
        open = []
      }
    } else if (character === '{' || character === '[') open.push(at)
    else if (character === '"') inString = open.length > 0
    else if (character === '}' || character === ']') {
      const opening = character === '}' ? '{' : '['
      while (open.length > 0 && text[open.at(-1)!] !== opening) open.pop()
      const start = open.pop()
      if (start === undefined) continue
      while (complete.length > 0 && complete.at(-1)!.start > start) complete.pop()
      complete.push({ start, end: at + 1 })
    }
  }
  const cutOff = open.find((start) => looksLikeJson(text, start)) ?? text.length
  return complete.findLast((span) => span.start < cutOff)
}

/**
 * The JSON value a completion ends with: its last complete top-level object or array, bare or in a fenced block, read
 * by the letter of RFC 8259 (no comments, trailing commas, single quotes or NaN). Undefined when there is none or it
 * is malformed.
 *
 * @example extractJson('Here: {"a": 1} done')?.value // { a: 1 }
 */
export function extractJson(completion: string): FoundJson | undefined {
  const span = lastBracketed(completion)
  if (span === undefined) return undefined
  try {
    return { value: JSON.parse(completion.slice(span.start, span.end)), ...span }
  } catch {
    return undefined
  }
}
