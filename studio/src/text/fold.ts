/** Which parts of a long text are shown before a person asks for all of it. */
import type { Mark } from './pieces.ts'

export interface Window {
  readonly from: number
  readonly to: number
}

/**
 * The head and the tail of a text and what stands around its first mark, in order and without overlap; the whole
 * text when that is not much more. A window never cuts a surrogate pair.
 *
 * @param budget characters shown while folded
 */
export function foldedWindows(text: string, marks: readonly Mark[], budget: number): Window[] {
  if (text.length <= budget * 1.3) return [{ from: 0, to: text.length }]
  const part = Math.floor(budget / 3)
  const wanted: Window[] = [
    { from: 0, to: part },
    { from: text.length - part, to: text.length },
  ]
  const first = marks.reduce<Mark | undefined>(
    (a, b) => (a === undefined || b.start < a.start ? b : a),
    undefined,
  )
  if (first !== undefined) {
    wanted.push({
      from: Math.max(0, first.start - part / 2),
      to: Math.min(
        text.length,
        Math.max(first.start + part / 2, Math.min(first.end, first.start + part) + 20),
      ),
    })
  }
  const windows: Window[] = []
  for (const { from, to } of wanted.sort((a, b) => a.from - b.from)) {
    const window = { from: whole(text, Math.floor(from)), to: whole(text, Math.floor(to)) }
    const before = windows.at(-1)
    if (before !== undefined && window.from <= before.to + 20)
      windows[windows.length - 1] = { from: before.from, to: Math.max(before.to, window.to) }
    else windows.push(window)
  }
  return windows
}

/** The position, moved back by one when it stands inside a surrogate pair. */
function whole(text: string, position: number): number {
  return position > 0 &&
    /[\udc00-\udfff]/.test(text[position] ?? '') &&
    /[\ud800-\udbff]/.test(text[position - 1]!)
    ? position - 1
    : position
}
