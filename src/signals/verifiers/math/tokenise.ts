/** Splits an answer into tokens: LaTeX and plain syntax become one alphabet, layout disappears. Linear time. */
import { classifyLetters } from './classify-letters.ts'
import { COMMANDS, FUNCTIONS, type TokenKind } from './vocabulary.ts'

/** Parallel arrays, one entry a token. `spaced`: white space stands before it. */
export interface Tokens {
  readonly kinds: TokenKind[]
  readonly texts: string[]
  readonly spaced: boolean[]
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57
const isLetter = (code: number): boolean => (code >= 97 && code <= 122) || (code >= 65 && code <= 90)
/** Letters of other scripts form words too. */
const isWordCharacter = (code: number): boolean => isLetter(code) || code >= 0x80

/** Content of \text{…} that is words only: anything else is read as mathematics. */
const WORDS_ONLY = /(?:[A-Za-z\u0080-\uffff .,'()~:;/]|(?<=[A-Za-z])-(?=[A-Za-z]{2}))*\}/y
/** Environment names, and the column description of an array. */
const ENVIRONMENT = /\s*\{\s*([A-Za-z]+)\*?\s*\}(?:\s*\{[lcr| ]*\})?/y
const ROW_SPACING = /\[\s*-?[\d.]+\s*(?:pt|em|ex|cm|mm|in)\s*\]/y
const DOTS = /\\[lc]?dots(?![A-Za-z])\s*|\.{2,3}/y
const REPEATING_MARK = /\s*\\(?:overline|bar|dot)\s*(?:\{\s*)?(\d+)\s*\}?|\((\d+)\)/y
const SECOND_DOT = /(\d*)\\dot\s*\{?(\d)\}?/y
const EXPONENT = /[eE][+-]?\d+(?![\dA-Za-z])/y
const ORDINAL = /(?:st|nd|rd|th)(?![A-Za-z])/y
const BASE_DIGITS = /[0-9A-F]+(?=\s*_)/y
/** A separator of digit groups that is never a list comma, followed by exactly three digits. */
const GROUP = /(?:\{,\}|,\\!\s*|\\[,;: ]|\u0020?\\!)(?=\d{3}(?!\d))/y

class Tokeniser {
  readonly kinds: TokenKind[] = []
  readonly texts: string[] = []
  readonly spaced: boolean[] = []
  readonly #text: string
  #at = 0
  #space = false

  constructor(text: string) {
    this.#text = text
  }

  #push(kind: TokenKind, text: string): void {
    this.kinds.push(kind)
    this.texts.push(text)
    this.spaced.push(this.#space)
    this.#space = false
  }

  #matchAt(pattern: RegExp, at: number): RegExpExecArray | null {
    pattern.lastIndex = at
    return pattern.exec(this.#text)
  }

  run(): void {
    const text = this.#text
    while (this.#at < text.length) {
      const code = text.charCodeAt(this.#at)
      if (isDigit(code)) this.#number()
      else if (isWordCharacter(code)) this.#letters()
      else if (code <= 32 || code === 126) {
        this.#space = true
        this.#at++
      } else if (code === 92) this.#command()
      else this.#sign(text[this.#at]!)
    }
  }

  #digitsFrom(at: number): number {
    while (isDigit(this.#text.charCodeAt(at))) at++
    return at
  }

  #number(): void {
    const text = this.#text
    const start = this.#at
    let end = this.#digitsFrom(start)
    const letters = text.charCodeAt(end)
    if (letters >= 65 && letters <= 70) {
      const based = this.#matchAt(BASE_DIGITS, start)
      if (based !== null) {
        this.#at = start + based[0].length
        this.#push('number', based[0])
        return
      }
    }
    let digits = text.slice(start, end)
    while (digits.length > 0) {
      const group = this.#matchAt(GROUP, end)
      if (group === null) break
      const from = end + group[0].length
      end = from + 3
      digits += text.slice(from, end)
    }
    if (text.charCodeAt(end) === 46) {
      const decimals = this.#digitsFrom(end + 1)
      const repeating = this.#repeatingPart(digits, text.slice(end + 1, decimals), decimals)
      if (repeating) return
      if (decimals > end + 1) {
        digits += text.slice(end, decimals)
        end = decimals
      } else if (!this.#startsOperand(end + 1)) end++
    }
    if (this.#matchAt(ORDINAL, end) !== null) end += 2
    const exponent = this.#matchAt(EXPONENT, end)
    if (exponent !== null) {
      digits += exponent[0].toLowerCase()
      end += exponent[0].length
    }
    this.#at = end
    this.#push('number', digits)
  }

  /** After "5." comes a continuation of the number ("5..."), not the end of a sentence. */
  #startsOperand(at: number): boolean {
    return this.#text.charCodeAt(at) === 46
  }

  /** 0.\overline{3}, 0.(3), 0.\dot{1}4\dot{2}, and dots after a period written at least twice. */
  #repeatingPart(whole: string, decimals: string, at: number): boolean {
    const mark = this.#matchAt(REPEATING_MARK, at)
    if (mark !== null) {
      let period = mark[1] ?? mark[2]!
      let end = at + mark[0].length
      if (mark[0].includes('dot')) {
        const second = this.#matchAt(SECOND_DOT, end)
        if (second !== null) {
          period += second[1]! + second[2]!
          end += second[0].length
        }
      }
      this.#at = end
      this.#push('number', `${whole}.${decimals}(${period})`)
      return true
    }
    const dots = decimals === '' ? null : this.#matchAt(DOTS, at)
    if (dots === null) return false
    this.#at = at + dots[0].length
    const written = /^(\d*?)(?:(\d)\2{2,}|(\d{2,6}?)\3+)$/.exec(decimals.slice(-40))
    if (written === null || decimals.length > 40) this.#push('unknown', `${whole}.${decimals}…`)
    else this.#push('number', `${whole}.${written[1]}(${written[2] ?? written[3]})`)
    return true
  }

  #letters(): void {
    const text = this.#text
    const start = this.#at
    let end = start
    while (isWordCharacter(text.charCodeAt(end))) end++
    // a hyphen or an apostrophe inside a longer word belongs to it
    while (
      end - start >= 2 &&
      (text.charCodeAt(end) === 45 || text.charCodeAt(end) === 39) &&
      isLetter(text.charCodeAt(end + 1)) &&
      isLetter(text.charCodeAt(end + 2))
    ) {
      end += 2
      while (isWordCharacter(text.charCodeAt(end))) end++
    }
    this.#at = end
    this.#push('word', text.slice(start, end))
  }

  #command(): void {
    const text = this.#text
    const start = this.#at + 1
    let end = start
    while (isLetter(text.charCodeAt(end))) end++
    if (end === start) {
      this.#escaped(text[start])
      return
    }
    const name = text.slice(start, end)
    this.#at = end
    const meaning = COMMANDS.get(name)
    if (meaning === undefined) {
      this.#push('unknown', `\\${name}`)
      return
    }
    switch (meaning.kind) {
      case 'nothing':
        // \left. and \right. draw nothing
        if ((name === 'left' || name === 'right') && text.charCodeAt(end) === 46) this.#at++
        return
      case 'space':
        this.#space = true
        return
      case 'wrapper':
        this.#wrapper()
        return
      case 'number-set-wrapper': {
        const letter = /\s*\{?\s*([RZNQC])\s*\}?/y
        const found = this.#matchAt(letter, end)
        if (found === null) return
        this.#at = end + found[0].length
        this.#push('number-set', found[1]!)
        return
      }
      case 'operator':
        if (name === 'begin' || name === 'end') {
          const environment = this.#matchAt(ENVIRONMENT, end)
          if (environment === null) {
            this.#push('unknown', `\\${name}`)
            return
          }
          this.#at = end + environment[0].length
          this.#push('operator', name)
          this.#push('text', environment[1]!)
          return
        }
        this.#push('operator', meaning.text)
        return
      default:
        this.#push(meaning.kind, meaning.text)
        return
    }
  }

  #wrapper(): void {
    const text = this.#text
    let at = this.#at
    while (text.charCodeAt(at) === 32) at++
    if (text.charCodeAt(at) !== 123) return
    const words = this.#matchAt(WORDS_ONLY, at + 1)
    if (words === null) return
    const content = words[0].slice(0, -1).replaceAll('~', ' ')
    this.#at = at + 1 + words[0].length
    const trimmed = content.trim()
    if (content.startsWith(' ') || trimmed === '') this.#space = true
    const joined = trimmed.toLowerCase()
    if (trimmed === ',' || trimmed === ';' || trimmed === ':') this.#push('operator', trimmed)
    else if (joined === 'and' || joined === 'or' || joined === ', and' || joined === ', or') {
      this.#push('operator', joined.replace(/^, /, ''))
    } else if (FUNCTIONS.has(trimmed)) this.#push('function', FUNCTIONS.get(trimmed)!)
    else if (trimmed !== '') this.#push('text', trimmed)
    if (content.endsWith(' ')) this.#space = true
  }

  #escaped(character: string | undefined): void {
    this.#at += 2
    switch (character) {
      case '{':
      case '}':
        this.#push('operator', `\\${character}`)
        return
      case '\\': {
        this.#push('operator', '\\\\')
        const spacing = this.#matchAt(ROW_SPACING, this.#at)
        if (spacing !== null) this.#at += spacing[0].length
        return
      }
      case '%':
      case '$':
      case '&':
      case '_':
        this.#push('operator', character)
        return
      case '|':
        this.#push('unknown', '\\|')
        return
      case '(':
      case ')':
      case '[':
      case ']':
        // the delimiters of inline and display mathematics
        return
      default:
        this.#space = true
    }
  }

  #sign(character: string): void {
    const next = this.#text[this.#at + 1]
    this.#at++
    switch (character) {
      case '.':
        if (isDigit(this.#text.charCodeAt(this.#at))) {
          const end = this.#digitsFrom(this.#at)
          const digits = this.#text.slice(this.#at, end)
          if (this.#repeatingPart('0', digits, end)) return
          this.#at = end
          const exponent = this.#matchAt(EXPONENT, end)
          if (exponent !== null) this.#at += exponent[0].length
          this.#push('number', `0.${digits}${exponent?.[0].toLowerCase() ?? ''}`)
          return
        }
        this.#push('operator', '.')
        return
      case '*':
        if (next === '*') {
          this.#at++
          this.#push('operator', '^')
          return
        }
        this.#push('operator', '*')
        return
      case '<':
      case '>':
      case '!':
        if (next === '=') {
          this.#at++
          this.#push('operator', `${character}=`)
          return
        }
        this.#push('operator', character)
        return
      case '=':
        if (next === '=') this.#at++
        this.#push('operator', '=')
        return
      case '"':
      case '`':
        return
      default:
        this.#push('operator', character)
    }
  }
}

/** "1,234,567" is one number where the whole answer holds no other number and no brackets. */
function joinDigitGroups({ kinds, texts, spaced }: Tokens): void {
  const first = kinds.indexOf('number')
  if (first < 0 || texts[first + 1] !== ',' || !/^[1-9]\d{0,2}$/.test(texts[first]!)) return
  let last = first
  while (
    texts[last + 1] === ',' &&
    kinds[last + 2] === 'number' &&
    !spaced[last + 1] &&
    !spaced[last + 2] &&
    /^\d{3}(\.\d+)?$/.test(texts[last + 2]!)
  ) {
    last += 2
    if (texts[last]!.length > 3) break
  }
  if (last === first) return
  for (let at = 0; at < kinds.length; at++) {
    if (at >= first && at <= last) continue
    if (kinds[at] === 'number' || (kinds[at] === 'operator' && '()[],;'.includes(texts[at]!))) return
  }
  texts[first] = texts
    .slice(first, last + 1)
    .join('')
    .replaceAll(',', '')
  kinds.splice(first + 1, last - first)
  texts.splice(first + 1, last - first)
  spaced.splice(first + 1, last - first)
}

/** "3 x 10^8": a lone x between two numbers is a multiplication sign; no variable can stand there. */
function readTimes({ kinds, texts }: Tokens): void {
  for (let at = 1; at + 1 < kinds.length; at++) {
    if (texts[at] !== 'x' || kinds[at] !== 'symbol') continue
    if (kinds[at - 1] !== 'number' || kinds[at + 1] !== 'number') continue
    kinds[at] = 'operator'
    texts[at] = '*'
  }
}

/** Mathematics delimiters go; a `$` that pairs with no other is a currency sign. */
function dropDollars(text: string): string {
  const first = text.indexOf('$')
  if (first < 0) return text
  let count = 0
  for (let at = first; at >= 0; at = text.indexOf('$', at + 1)) if (text[at - 1] !== '\\') count++
  if (count === 1 && isDigit(text.charCodeAt(text.lastIndexOf('$') + 1))) return text
  return text.replace(/\\?\$/g, (found) => (found.length === 2 ? found : ' '))
}

/**
 * Tokens of an answer in ASCII (see `unicodeToLatex`).
 *
 * @example tokenise('\\dfrac{1}{2}x').texts // ['frac', '{', '1', '}', '{', '2', '}', 'x']
 */
export function tokenise(text: string): Tokens {
  const tokeniser = new Tokeniser(dropDollars(text))
  tokeniser.run()
  const tokens = classifyLetters(tokeniser)
  joinDigitGroups(tokens)
  readTimes(tokens)
  return tokens
}
