/** Finds \boxed{…} in a completion: the last box, and the boxes beside it that hedge. Linear time. */

/** A box: where it starts and ends in the text, and what it holds. */
export interface Box {
  readonly start: number
  readonly end: number
  readonly content: string
}

const COMMANDS: readonly string[] = ['\\boxed', '\\fbox']
const BRACE_OPEN = 123
const BRACE_CLOSE = 125
const BACKSLASH = 92

/** Distance below which two boxes belong together, and the one with a joining word between them. */
const NEAR = 10
const NEAR_WITH_WORD = 70
const JOINING = /\b(?:and|or)\b|[,;]/

/** The end of the group whose brace opens at `open`, after its closing brace; −1 where it never closes before `limit`. */
function groupEnd(text: string, open: number, limit: number): number {
  let depth = 0
  for (let at = open; at < limit; at++) {
    const code = text.charCodeAt(at)
    if (code === BACKSLASH) at++
    else if (code === BRACE_OPEN) depth++
    else if (code === BRACE_CLOSE && --depth === 0) return at + 1
  }
  return -1
}

const isSpace = (code: number): boolean => code === 32 || (code >= 9 && code <= 13)

/** \boxed X: up to a dollar sign, white space or the end. */
function bareEnd(text: string, from: number, limit: number): number {
  let at = from
  while (at < limit && text[at] !== '$' && !isSpace(text.charCodeAt(at))) at++
  return at
}

/** The box of a command, or undefined where it does not close before `limit`. */
function boxAt(text: string, { start, name }: Command, limit: number): Box | undefined {
  let open = start + name.length
  const isSpaced = isSpace(text.charCodeAt(open))
  while (isSpace(text.charCodeAt(open))) open++
  if (text.charCodeAt(open) === BRACE_OPEN) {
    const end = groupEnd(text, open, limit)
    return end < 0 ? undefined : { start, end, content: text.slice(open + 1, end - 1) }
  }
  if (!isSpaced) return undefined
  const end = bareEnd(text, open, limit)
  return end > open ? { start, end, content: text.slice(open, end) } : undefined
}

interface Command {
  readonly start: number
  readonly name: string
}

/** Box commands from the end of a text to its beginning; every part of the text is searched once. */
class Commands {
  readonly #text: string
  readonly #next: number[]

  constructor(text: string) {
    this.#text = text
    this.#next = COMMANDS.map((name) => text.lastIndexOf(name))
  }

  /** The last command that starts before `before`; later calls may only ask further to the left. */
  lastBefore(before: number): Command | undefined {
    let last = -1
    COMMANDS.forEach((name, index) => {
      if (this.#next[index]! >= before) {
        this.#next[index] = before > 0 ? this.#text.lastIndexOf(name, before - 1) : -1
      }
      if (last < 0 || this.#next[index]! > this.#next[last]!) last = index
    })
    const start = this.#next[last]!
    return start < 0 ? undefined : { start, name: COMMANDS[last]! }
  }
}

/** A box around nothing but another box: the span grows, the content stays the inner one. */
function withBoxesAround(text: string, inner: Box, commands: Commands): Box {
  let box = inner
  for (;;) {
    const outer = commands.lastBefore(box.start)
    if (outer === undefined) return box
    let at = outer.start + outer.name.length
    while (isSpace(text.charCodeAt(at))) at++
    if (text.charCodeAt(at) !== BRACE_OPEN) return box
    at++
    while (isSpace(text.charCodeAt(at))) at++
    let end = box.end
    while (isSpace(text.charCodeAt(end))) end++
    if (at !== box.start || text.charCodeAt(end) !== BRACE_CLOSE) return box
    box = { start: outer.start, end: end + 1, content: box.content }
  }
}

/**
 * The answer in the last box of a text, joined by commas with boxes that stand beside it: an answer that hedges
 * between several boxes becomes a list and fails against a single gold answer.
 *
 * @returns undefined without a box, and where the last box never closes or is empty
 * @example lastBoxed('\\boxed{1} or \\boxed{2}')?.text // '1, 2'
 */
export function lastBoxed(text: string): { readonly text: string; readonly position: number } | undefined {
  const commands = new Commands(text)
  const last = commands.lastBefore(text.length)
  const found = last && boxAt(text, last, text.length)
  if (found === undefined) return undefined
  let left = withBoxesAround(text, found, commands)
  const contents = [left.content.trim()]
  const seen = new Set(contents)
  for (;;) {
    const command = commands.lastBefore(left.start)
    const box = command && boxAt(text, command, left.start)
    if (box === undefined) break
    const distance = left.start - box.end
    const content = box.content.trim()
    const isBeside =
      distance < NEAR ||
      (distance < NEAR_WITH_WORD && JOINING.test(text.slice(box.end, left.start)) && !seen.has(content))
    if (!isBeside) break
    left = withBoxesAround(text, box, commands)
    contents.push(content)
    seen.add(content)
  }
  const joined = contents
    .reverse()
    .filter((content) => content !== '')
    .join(', ')
  return joined === '' ? undefined : { text: joined, position: left.start }
}
