/** One side of a comparison, read as far as the rungs need it and kept for the next comparison. */
import { limitExceeded } from './budget.ts'
import { type Choice, choiceOf } from './choice.ts'
import type { Expression, NumberNode } from './expression.ts'
import { parseAnswer } from './parse-answer.ts'
import { numberFromText } from './parse-number.ts'
import { negate } from './rational.ts'
import { type Tokens, tokenise } from './tokenise.ts'
import { unicodeToLatex } from './unicode.ts'

/** Characters beyond which an answer is compared as text or as one number only. */
const LENGTH_LIMIT = 4096

const PLAIN_NUMBER = /^([+-]?)(\d{1,15}|\d{1,3}(?:,\d{3})+)(\.\d{1,15})?$/
const LONG_NUMBER = /^([+-]?)(\d*|\d{1,3}(?:,\d{3})+)(?:\.(\d*))?$/

/** A number of any length as text: its sign, whole part without leading zeros, decimals without trailing zeros. */
export interface LongNumber {
  readonly isNegative: boolean
  readonly whole: string
  readonly decimals: string
  readonly hasPoint: boolean
}

/** Emphasis of Markdown around the whole answer. */
function withoutEmphasis(text: string): string {
  for (const mark of ['**', '__', '`', '*']) {
    if (text.length > 2 * mark.length && text.startsWith(mark) && text.endsWith(mark)) {
      return text.slice(mark.length, -mark.length).trim()
    }
  }
  return text
}

/**
 * A gold answer or an answer under comparison. Parsing happens on first use and is kept, so that one gold answer is
 * parsed once for all rollouts of its prompt.
 */
export class Prepared {
  readonly text: string
  /** The answer as one short number, which is what most answers are. */
  readonly number: NumberNode | undefined
  #tokens: Tokens | undefined
  #key: string | undefined
  #choice: Choice | undefined
  #expression: Expression | undefined
  #isParsed = false

  constructor(text: string) {
    this.text = text.trim()
    const plain = this.text.length <= 32 ? PLAIN_NUMBER.exec(this.text) : null
    if (plain !== null) {
      const magnitude = numberFromText(plain[2]!.replaceAll(',', '') + (plain[3] ?? ''))
      this.number = plain[1] === '-' ? { ...magnitude, value: negate(magnitude.value) } : magnitude
    }
  }

  get isLong(): boolean {
    return this.text.length > LENGTH_LIMIT
  }

  get tokens(): Tokens {
    this.#tokens ??= tokenise(unicodeToLatex(withoutEmphasis(this.text)))
    return this.#tokens
  }

  /** One text for answers that differ in layout only. White space counts between digits alone. */
  get key(): string {
    if (this.#key === undefined) {
      if (this.isLong) this.#key = this.text.replace(/\s+/g, '')
      else {
        const { texts, kinds } = this.tokens
        let last = texts.length
        while (last > 0 && kinds[last - 1] === 'operator' && '.,;'.includes(texts[last - 1]!)) last--
        this.#key = texts.slice(0, last).join('\u0001')
      }
    }
    return this.#key
  }

  #parse(): void {
    if (this.#isParsed) return
    this.#isParsed = true
    if (this.number !== undefined) {
      this.#expression = this.number
      return
    }
    if (this.isLong) return
    // the key first: parsing splits digits off the tokens of short fractions
    void this.key
    try {
      this.#choice = choiceOf(this.tokens)
      const { kinds } = this.tokens
      const hasContent = this.#choice !== undefined && this.#choice.content < kinds.length
      this.#expression = parseAnswer(this.tokens, hasContent ? this.#choice!.content : 0)
    } catch (error) {
      // a tree too deep for the stack, or a number too long, is an answer without an expression
      if (error !== limitExceeded && !(error instanceof RangeError)) throw error
    }
  }

  /** The letter of multiple choice that the answer starts with. */
  get choice(): Choice | undefined {
    this.#parse()
    return this.#choice
  }

  /** The parsed answer; undefined where the grammar does not know it or it is too long. */
  get expression(): Expression | undefined {
    this.#parse()
    return this.#expression
  }

  /** The answer as a run of ASCII letters, or undefined where it holds anything else. */
  get letters(): string | undefined {
    const { kinds, texts } = this.tokens
    if (kinds.length > 40) return undefined
    // a Greek letter is a symbol of several letters
    if (!kinds.every((kind, at) => kind === 'text' || (kind !== 'function' && texts[at]!.length === 1))) {
      return undefined
    }
    const joined = texts.join('')
    return texts.every((text) => /^[A-Za-z]+$/.test(text)) ? joined : undefined
  }

  /** The answer as a number of any length, compared digit by digit. */
  get longNumber(): LongNumber | undefined {
    const shape = LONG_NUMBER.exec(this.text)
    if (shape === null || (shape[2] === '' && (shape[3] ?? '') === '')) return undefined
    return {
      isNegative: shape[1] === '-',
      whole: shape[2]!.replaceAll(',', '').replace(/^0+/, ''),
      decimals: trimmedZeros(shape[3] ?? ''),
      hasPoint: shape[3] !== undefined && shape[3] !== '',
    }
  }
}

function trimmedZeros(digits: string): string {
  let end = digits.length
  while (end > 0 && digits.charCodeAt(end - 1) === 48) end--
  return digits.slice(0, end)
}
