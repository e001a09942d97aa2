/** Where a text stops being JSON, found by reading it without recursion; used only when the native parser refused it. */

export interface JsonFault {
  /** what is wrong, without any of the text */
  readonly what: string
  /** both count from 1 */
  readonly line: number
  readonly column: number
}

const LITERAL = /true|false|null/y
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const SPACE = /[ \t\r\n]*/y

type Wanted = 'value' | 'value or ]' | 'name' | 'name or }' | 'colon' | 'comma or end' | 'end of the text'

/** The first fault of a text that is not JSON. */
export function firstJsonFault(text: string): JsonFault {
  let at = 0
  const open: ('[' | '{')[] = []
  let wanted: Wanted = 'value'
  const afterValue = (): Wanted => (open.length === 0 ? 'end of the text' : 'comma or end')
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at
    const found = pattern.test(text)
    if (found) at = pattern.lastIndex
    return found
  }
  for (;;) {
    take(SPACE)
    const next = text[at]
    if (next === undefined) return place(text, at, 'the text ends too early')
    if ((wanted === 'value or ]' && next === ']') || (wanted === 'name or }' && next === '}')) {
      open.pop()
      at++
      wanted = afterValue()
    } else if (wanted === 'value' || wanted === 'value or ]') {
      if (next === '[' || next === '{') {
        open.push(next)
        at++
        wanted = next === '[' ? 'value or ]' : 'name or }'
      } else if (next === '"') {
        const end = endOfString(text, at)
        if (typeof end !== 'number') return end
        at = end
        wanted = afterValue()
      } else if (take(LITERAL) || take(NUMBER)) wanted = afterValue()
      else if (/NaN|-?Infinity/y.test(text.slice(at, at + 9))) {
        return place(text, at, 'NaN and Infinity are no JSON')
      } else return place(text, at, 'a value is expected')
    } else if (wanted === 'name' || wanted === 'name or }') {
      if (next !== '"') return place(text, at, 'a name in double quotes is expected')
      const end = endOfString(text, at)
      if (typeof end !== 'number') return end
      at = end
      wanted = 'colon'
    } else if (wanted === 'colon') {
      if (next !== ':') return place(text, at, 'a colon is expected')
      at++
      wanted = 'value'
    } else if (wanted === 'comma or end') {
      const closing = open.at(-1) === '[' ? ']' : '}'
      if (next === closing) {
        open.pop()
        wanted = afterValue()
      } else if (next === ',') wanted = open.at(-1) === '[' ? 'value' : 'name'
      else return place(text, at, `a comma or ${closing} is expected`)
      at++
    } else return place(text, at, 'more text follows after the value')
  }
}

const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y

/** The position after the string that begins at `start`, or what is wrong with it. A loop: strings may be huge. */
function endOfString(text: string, start: number): number | JsonFault {
  let at = start + 1
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code === 0x22) return at + 1
    if (code < 0x20) return place(text, at, 'a control character inside a string')
    if (code === 0x5c) {
      ESCAPE.lastIndex = at
      if (!ESCAPE.test(text)) {
        if (text.length - at < 6 && !text.includes('"', at)) break
        return place(text, at, 'an unknown escape')
      }
      at = ESCAPE.lastIndex
    } else at++
  }
  return place(text, start, 'a string that begins here has no end')
}

function place(text: string, at: number, what: string): JsonFault {
  const before = text.slice(0, at)
  const lastBreak = before.lastIndexOf('\n')
  return { what, line: before.split('\n').length, column: at - lastBreak }
}
