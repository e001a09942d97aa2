/**
 * Whether two expressions in Python's arithmetic syntax are equal, decided by evaluating their difference at sample
 * points: the stand-in for the computer algebra system of the prm800k grader. Nothing is ever executed as code.
 *
 * Names are read as that grader's parser reads them: `pi`, `sqrt(…)` and `ln(…)` are known, every other run of letters
 * is a product of one-letter symbols and digits (`ab` = a·b, `x2` = 2x); a symbol before a parenthesis multiplies it.
 */

const lengthLimit = 4000
const depthLimit = 200
/** Values of the symbols at the sample points; symbols take turns, so no two share a value at a point. */
const samples = [0.7314, 1.3127, 2.1719, 0.4391, -0.8213, -1.7391, 1.9137, -2.3313]

class NotAnExpression extends Error {}

type Expression = (values: ReadonlyMap<string, number>) => number

function factorial(value: number): number {
  if (!Number.isInteger(value) || value < 0 || value > 170) return Number.NaN
  let product = 1
  for (let factor = 2; factor <= value; factor++) product *= factor
  return product
}

class ExpressionReader {
  readonly #text: string
  readonly symbols = new Set<string>()
  #at = 0
  #depth = 0
  /** end of the run of letters and digits that is being read as a product */
  #nameEnd = 0

  constructor(text: string) {
    this.#text = text
  }

  read(): Expression {
    const expression = this.#sum()
    this.#spaces()
    if (this.#at < this.#text.length) throw new NotAnExpression()
    return expression
  }

  #spaces(): void {
    while (this.#text[this.#at] === ' ') this.#at++
  }

  #next(): string {
    this.#spaces()
    return this.#text[this.#at] ?? ''
  }

  #sum(): Expression {
    if (++this.#depth > depthLimit) throw new NotAnExpression()
    let left = this.#product()
    for (let sign = this.#next(); sign === '+' || sign === '-'; sign = this.#next()) {
      this.#at++
      const a = left
      const b = this.#product()
      left = sign === '+' ? (values) => a(values) + b(values) : (values) => a(values) - b(values)
    }
    this.#depth--
    return left
  }

  #product(): Expression {
    let left = this.#signed()
    for (;;) {
      const sign = this.#next()
      const explicit = (sign === '*' && this.#text[this.#at + 1] !== '*') || sign === '/'
      if (!explicit && !/[a-z0-9._(α-ω]/i.test(sign)) return left
      if (explicit) this.#at++
      const a = left
      const b = explicit ? this.#signed() : this.#power()
      left = sign === '/' ? (values) => a(values) / b(values) : (values) => a(values) * b(values)
    }
  }

  #signed(): Expression {
    const sign = this.#next()
    if (sign !== '-' && sign !== '+') return this.#power()
    if (++this.#depth > depthLimit) throw new NotAnExpression()
    this.#at++
    const operand = this.#signed()
    this.#depth--
    return sign === '-' ? (values) => -operand(values) : operand
  }

  #power(): Expression {
    let base = this.#atom()
    while (this.#next() === '!') {
      this.#at++
      const operand = base
      base = (values) => factorial(operand(values))
    }
    const double = this.#text.startsWith('**', this.#at)
    if (this.#next() !== '^' && !double) return base
    this.#at += double ? 2 : 1
    const exponent = this.#signed()
    return (values) => base(values) ** exponent(values)
  }

  #parenthesis(): Expression {
    this.#at++
    const inner = this.#sum()
    if (this.#next() !== ')') throw new NotAnExpression()
    this.#at++
    return inner
  }

  #atom(): Expression {
    const character = this.#next()
    if (this.#at < this.#nameEnd) return this.#letter()
    if (character === '(') return this.#parenthesis()
    const rest = this.#text.slice(this.#at, this.#at + 400)
    const number = /^(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/.exec(rest)
    if (number !== null) {
      this.#at += number[0].length
      const value = Number(number[0])
      return () => value
    }
    const name = /^[a-z_α-ω][a-z_α-ω0-9]*/i.exec(rest)?.[0]
    if (name === undefined) throw new NotAnExpression()
    const after = this.#at + name.length
    if (name === 'pi' || name.includes('_')) {
      this.#at = after
      return name === 'pi' ? () => Math.PI : this.#symbol(name)
    }
    if ((name === 'sqrt' || name === 'ln') && this.#text[after] === '(') {
      this.#at = after
      const argument = this.#parenthesis()
      return name === 'sqrt'
        ? (values) => Math.sqrt(argument(values))
        : (values) => Math.log(argument(values))
    }
    this.#nameEnd = after
    return this.#letter()
  }

  /** One factor of a run of letters and digits: a letter or a run of digits; the next ones follow as factors. */
  #letter(): Expression {
    const digits = /^\d+/.exec(this.#text.slice(this.#at, this.#nameEnd))?.[0]
    if (digits !== undefined) {
      this.#at += digits.length
      const value = Number(digits)
      return () => value
    }
    return this.#symbol(this.#text[this.#at++]!)
  }

  #symbol(name: string): Expression {
    this.symbols.add(name)
    return (values) => values.get(name)!
  }
}

/**
 * True when `left − right` vanishes at every usable sample point, false when it does not, undefined when one of them
 * is no such expression or too few points are usable. Constants are compared at one evaluation, relative to 1e-12.
 *
 * @example differenceVanishes('(x+5)(x+7)', 'x^2+12x+35') // true
 * @example differenceVanishes('x>2', '2<x') // undefined
 */
export function differenceVanishes(left: string, right: string): boolean | undefined {
  if (left.length + right.length > lengthLimit) return undefined
  const readers = [new ExpressionReader(left), new ExpressionReader(right)] as const
  let expressions: readonly [Expression, Expression]
  try {
    expressions = [readers[0].read(), readers[1].read()]
  } catch (thrown) {
    if (thrown instanceof NotAnExpression) return undefined
    throw thrown
  }
  const symbols = [...new Set([...readers[0].symbols, ...readers[1].symbols])].sort()
  const values = new Map<string, number>()
  const points = symbols.length === 0 ? 1 : samples.length
  let usable = 0
  for (let point = 0; point < points; point++) {
    symbols.forEach((symbol, index) => {
      values.set(symbol, samples[(point + 3 * index) % samples.length]! * (1 + 0.0137 * index))
    })
    const a = expressions[0](values)
    const b = expressions[1](values)
    if (!Number.isFinite(a) || !Number.isFinite(b)) continue
    usable++
    if (Math.abs(a - b) > 1e-12 * Math.max(1, Math.abs(a), Math.abs(b))) return false
  }
  return usable >= Math.min(points, 3) ? true : undefined
}

/** The value of an expression without symbols; undefined when it has some, is malformed or not finite. */
export function constantValue(expression: string): number | undefined {
  if (expression.length > lengthLimit) return undefined
  const reader = new ExpressionReader(expression)
  try {
    const evaluate = reader.read()
    if (reader.symbols.size > 0) return undefined
    const value = evaluate(new Map())
    return Number.isFinite(value) ? value : undefined
  } catch (thrown) {
    if (thrown instanceof NotAnExpression) return undefined
    throw thrown
  }
}
