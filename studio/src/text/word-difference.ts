/** Which words of one text are not in another, in order (longest common subsequence of words). */
import type { Mark } from './pieces.ts'

const word = /\s+|[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu
/** Beyond this many words in the middle, the table would be slow to fill on every card: the middle is marked whole. */
const most = 600

/**
 * Marks of `text` that `base` does not have at that place. White space is never marked.
 *
 * @example differences('the cat sat', 'the dog sat') // [{ start: 4, end: 7, kind: 'different' }]
 */
export function differences(base: string, text: string): Mark[] {
  if (base === text) return []
  const a = base.match(word) ?? []
  const matches = [...text.matchAll(word)]
  const b = matches.map((match) => match[0])
  let head = 0
  while (head < a.length && head < b.length && a[head] === b[head]) head++
  let tail = 0
  while (
    tail < a.length - head &&
    tail < b.length - head &&
    a[a.length - 1 - tail] === b[b.length - 1 - tail]
  )
    tail++
  const common = commonWords(a.slice(head, a.length - tail), b.slice(head, b.length - tail))
  const marks: Mark[] = []
  for (let index = head; index < b.length - tail; index++) {
    if (common[index - head] === 1 || /^\s/.test(b[index]!)) continue
    const start = matches[index]!.index
    const end = start + b[index]!.length
    const before = marks.at(-1)
    if (before !== undefined && text.slice(before.end, start).trim() === '')
      marks[marks.length - 1] = { ...before, end }
    else marks.push({ start, end, kind: 'different' })
  }
  return marks
}

/** 1 for each word of b that belongs to a longest common subsequence with a. */
function commonWords(a: readonly string[], b: readonly string[]): Uint8Array {
  const kept = new Uint8Array(b.length)
  if (a.length === 0 || b.length === 0 || a.length > most || b.length > most) return kept
  const width = b.length + 1
  const longest = new Uint16Array((a.length + 1) * width)
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      longest[i * width + j] =
        a[i] === b[j]
          ? longest[(i + 1) * width + j + 1]! + 1
          : Math.max(longest[(i + 1) * width + j]!, longest[i * width + j + 1]!)
    }
  }
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) {
      kept[j] = 1
      i++
      j++
    } else if (longest[(i + 1) * width + j]! >= longest[i * width + j + 1]!) i++
    else j++
  }
  return kept
}
