/**
 * Formulas of OpenAI's multi graders: numbers, names, + − * / ^, unary minus, parentheses, and min, max, abs, floor,
 * ceil, exp, sqrt, log. Power binds tighter than a minus before it and goes from the right: −2^2 = −4, 2^3^2 = 512.
 */
import { GraderFailure } from './grader-failure.ts'

export type Formula = (values: ReadonlyMap<string, number>) => number

const functions: ReadonlyMap<
  string,
  { readonly arity: 1 | 'any'; readonly apply: (...x: number[]) => number }
> = new Map([
  ['min', { arity: 'any', apply: Math.min }],
  ['max', { arity: 'any', apply: Math.max }],
  ['abs', { arity: 1, apply: Math.abs }],
  ['floor', { arity: 1, apply: Math.floor }],
  ['ceil', { arity: 1, apply: Math.ceil }],
  ['exp', { arity: 1, apply: Math.exp }],
  ['sqrt', { arity: 1, apply: Math.sqrt }],
  ['log', { arity: 1, apply: Math.log }],
])

const deepest = 100
const longest = 4000
const tokenPattern =
  /\s*(?:(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|([A-Za-z_]\w*)|([-+*/^(),]))/y

function failure(why: string): GraderFailure {
  return new GraderFailure(`the formula ${why}`, { formula_parse_error: true })
}

function tokensOf(text: string): string[] {
  if (text.length > longest) throw failure(`is longer than ${longest} characters`)
  const tokens: string[] = []
  const end = text.trimEnd().length
  tokenPattern.lastIndex = 0
  while (tokenPattern.lastIndex < end) {
    const at = tokenPattern.lastIndex
    const match = tokenPattern.exec(text)
    if (match === null) throw failure(`cannot be read at ${JSON.stringify(text.slice(at, at + 20))}`)
    tokens.push(match[1] ?? match[2] ?? match[3]!)
  }
  return tokens
}

/**
 * Reads a formula over grader names.
 *
 * @throws GraderFailure formula_parse_error; when evaluated, invalid_variable_error for a name without a value and
 *   other_error for a result that is no finite number
 * @example parseFormula('0.8 * correct + 0.2 * style')(new Map([['correct', 1], ['style', 0.2]])) // 0.84
 */
export function parseFormula(text: string): Formula {
  const formula = new Parser(tokensOf(text)).whole()
  return (values) => {
    const result = formula(values)
    if (!Number.isFinite(result))
      throw new GraderFailure(`the formula gives ${result}`, { other_error: true })
    return result
  }
}

class Parser {
  readonly #tokens: readonly string[]
  #next = 0
  #depth = 0

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens
  }

  whole(): Formula {
    const formula = this.#sum()
    const rest = this.#tokens[this.#next]
    if (rest !== undefined) throw failure(`has ${JSON.stringify(rest)} where it should end`)
    return formula
  }

  #take(...symbols: readonly string[]): string | undefined {
    const token = this.#tokens[this.#next]
    if (token === undefined || !symbols.includes(token)) return undefined
    this.#next++
    return token
  }

  #expect(symbol: string): void {
    if (this.#take(symbol) === undefined) throw failure(`misses ${JSON.stringify(symbol)}`)
  }

  #sum(): Formula {
    let left = this.#product()
    for (let sign = this.#take('+', '-'); sign !== undefined; sign = this.#take('+', '-')) {
      const [first, second] = [left, this.#product()]
      left = sign === '+' ? (v) => first(v) + second(v) : (v) => first(v) - second(v)
    }
    return left
  }

  #product(): Formula {
    let left = this.#signed()
    for (let sign = this.#take('*', '/'); sign !== undefined; sign = this.#take('*', '/')) {
      const [first, second] = [left, this.#signed()]
      left = sign === '*' ? (v) => first(v) * second(v) : (v) => first(v) / second(v)
    }
    return left
  }

  #signed(): Formula {
    if (++this.#depth > deepest) throw failure(`is nested deeper than ${deepest}`)
    const sign = this.#take('-', '+')
    const formula = sign === undefined ? this.#power() : this.#signed()
    this.#depth--
    return sign === '-' ? (v) => -formula(v) : formula
  }

  #power(): Formula {
    const base = this.#atom()
    if (this.#take('^') === undefined) return base
    const exponent = this.#signed()
    return (v) => base(v) ** exponent(v)
  }

  #atom(): Formula {
    const token = this.#tokens[this.#next++]
    if (token === undefined) throw failure('ends too early')
    if (token === '(') {
      const inner = this.#sum()
      this.#expect(')')
      return inner
    }
    if (/^[.\d]/.test(token)) {
      const number = Number(token)
      return () => number
    }
    if (!/^[A-Za-z_]/.test(token)) throw failure(`has ${JSON.stringify(token)} where a value should stand`)
    return this.#take('(') === undefined ? variable(token) : this.#call(token)
  }

  #call(name: string): Formula {
    const known = functions.get(name)
    if (known === undefined) throw failure(`calls ${name}; there are ${[...functions.keys()].join(', ')}`)
    const inputs = [this.#sum()]
    while (this.#take(',') !== undefined) inputs.push(this.#sum())
    this.#expect(')')
    if (known.arity === 1 && inputs.length !== 1) throw failure(`gives ${name} ${inputs.length} values`)
    return (v) => known.apply(...inputs.map((input) => input(v)))
  }
}

function variable(name: string): Formula {
  return (values) => {
    const value = values.get(name)
    if (value === undefined)
      throw new GraderFailure(`no grader is called ${name}`, { invalid_variable_error: true })
    return value
  }
}
