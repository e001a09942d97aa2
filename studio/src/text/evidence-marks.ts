/** Where in a completion a signal found what it judged. */
import type { Mark } from './pieces.ts'

/** How far behind its stated position a text may begin: `\boxed{` and the like stand between. */
const reach = 200

/**
 * Marks of all `{ text, position }` in a signal's evidence. The position is where the rule matched; the mark goes
 * from there to the end of the text that it took, closing braces included. Without a position the text's last occurrence is marked, but only
 * when it is long enough to be no accident.
 *
 * @example evidenceMarks({ answer: { text: '74', position: 3 } }, 'So \\boxed{74}') // [{ start: 3, end: 13, kind: 'evidence' }]
 */
export function evidenceMarks(evidence: unknown, completion: string): Mark[] {
  const marks: Mark[] = []
  const visit = (value: unknown, depth: number): void => {
    if (value === null || typeof value !== 'object' || depth > 6) return
    const { text, position, end } = value as { text?: unknown; position?: unknown; end?: unknown }
    if (typeof text === 'string' && text !== '') {
      if (typeof position === 'number') {
        const at = completion.indexOf(text, position)
        if (at !== -1 && at - position <= reach)
          marks.push({
            start: position,
            end: closed(completion, position, at + text.length),
            kind: 'evidence',
          })
      } else {
        const at = completion.lastIndexOf(text)
        if (at !== -1 && text.length >= 4) marks.push({ start: at, end: at + text.length, kind: 'evidence' })
      }
    } else if (typeof position === 'number' && typeof end === 'number' && end > position) {
      marks.push({ start: position, end, kind: 'evidence' })
    }
    for (const inner of Object.values(value)) visit(inner, depth + 1)
  }
  visit(evidence, 0)
  return marks
}

/** The end of a mark, moved behind the braces that close what it opened (`\boxed{2` needs its `}`). */
function closed(text: string, start: number, end: number): number {
  let open = 0
  for (let at = start; at < end; at++) open += text[at] === '{' ? 1 : text[at] === '}' ? -1 : 0
  let last = end
  while (open > 0 && text[last] === '}') {
    open--
    last++
  }
  return last
}
