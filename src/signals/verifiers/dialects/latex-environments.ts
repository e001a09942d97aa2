/** Finding LaTeX formulas (`$…$`, `$$…$$`, `\(…\)`, `\[…\]`, plain fractions) in a text, left to right, in linear time. */

export interface LatexFormula {
  /** position of the opening delimiter */
  readonly start: number
  /** position after the closing delimiter */
  readonly end: number
  readonly content: string
}

const fraction = /-?\\frac\{-?\d+(?:[.,]\d+)?\}\{-?\d+(?:[.,]\d+)?\}/y

/** Searches for a closing delimiter once; what is not found from one place is not there from any later one. */
class ClosingSearch {
  readonly #text: string
  readonly #absent = new Set<string>()

  constructor(text: string) {
    this.#text = text
  }

  find(delimiter: string, from: number): number {
    if (this.#absent.has(delimiter)) return -1
    const at = this.#text.indexOf(delimiter, from)
    if (at === -1) this.#absent.add(delimiter)
    return at
  }
}

/** The unescaped `$` that closes a formula on the same line; −1 when the line ends first. */
function closingDollar(text: string, from: number): number {
  for (let index = from; index < text.length; index++) {
    const character = text[index]
    if (character === '\n') return -1
    if (character === '\\') index++
    else if (character === '$') return index > from ? index : -1
  }
  return -1
}

function formulaAt(text: string, at: number, search: ClosingSearch): LatexFormula | undefined {
  const character = text[at]
  const previous = at > 0 ? text[at - 1]! : ''
  if (character === '$' && previous !== '\\') {
    if (text[at + 1] === '$') {
      const close = search.find('$$', at + 3)
      if (close !== -1) return { start: at, end: close + 2, content: text.slice(at + 2, close) }
    }
    if (previous >= '0' && previous <= '9') return undefined
    const close = closingDollar(text, at + 1)
    return close === -1 ? undefined : { start: at, end: close + 1, content: text.slice(at + 1, close) }
  }
  if (character === '\\' && previous !== '\\' && (text[at + 1] === '[' || text[at + 1] === '(')) {
    const display = text[at + 1] === '['
    const close = search.find(display ? '\\]' : '\\)', at + 3)
    if (close === -1) return undefined
    const content = text.slice(at + 2, close)
    return !display && content.includes('\n') ? undefined : { start: at, end: close + 2, content }
  }
  if (character === '\\' || character === '-') {
    fraction.lastIndex = at
    const match = fraction.exec(text)
    if (match !== null) return { start: at, end: fraction.lastIndex, content: match[0] }
  }
  return undefined
}

/**
 * All formulas of a text in order, none inside another.
 *
 * @example latexFormulas('so $x=1$ or \\(y\\)').map((formula) => formula.content) // ['x=1', 'y']
 */
export function latexFormulas(text: string): LatexFormula[] {
  const formulas: LatexFormula[] = []
  const search = new ClosingSearch(text)
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character !== '$' && character !== '\\' && character !== '-') continue
    const formula = formulaAt(text, at, search)
    if (formula === undefined) continue
    formulas.push(formula)
    at = formula.end - 1
  }
  return formulas
}
