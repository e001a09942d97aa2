/** Numbers as written: decimals, repeating decimals, scientific notation, other bases. */
import { limitExceeded } from './budget.ts'
import { type BaseNumberNode, type Expression, type NumberNode, numberNode } from './expression.ts'
import { notParsable } from './grammar.ts'
import { add, divide, multiply, power, type Rational, rational, rationalFromDigits } from './rational.ts'
import { NUMBER_WORDS } from './vocabulary.ts'

const TEN = rational(10)
/** Exponents of scientific notation beyond this give no exact number. */
const EXPONENT_LIMIT = 10_000

function decimalValue(whole: string, decimals: string): Rational {
  const digits = rationalFromDigits(whole + decimals)
  return decimals === '' ? digits : divide(digits, power(TEN, decimals.length))
}

/**
 * The value of a number token: `12`, `1.5`, `1.2e3`, or `0.1(6)` for a repeating decimal, which is exact.
 *
 * @example numberFromText('0.1(6)') is one sixth
 */
export function numberFromText(text: string): NumberNode {
  const shape = /^(\d*)(?:\.(\d*))?(?:\((\d+)\))?(?:e([+-]?\d+))?$/.exec(text)
  if (shape === null) throw notParsable
  const [, whole = '', decimals, period, exponent] = shape
  try {
    let value = decimalValue(whole || '0', decimals ?? '')
    if (period !== undefined) {
      const repetition = divide(
        rationalFromDigits(period),
        rational(10n ** BigInt(period.length) - 1n, 10n ** BigInt(decimals?.length ?? 0)),
      )
      value = add(value, multiply(repetition, power(TEN, -2 * (decimals?.length ?? 0))))
    }
    if (exponent !== undefined) {
      const size = Number(exponent)
      if (Math.abs(size) > EXPONENT_LIMIT) throw notParsable
      value = multiply(value, power(TEN, size))
    }
    return numberNode(value, decimals !== undefined && period === undefined)
  } catch (error) {
    throw error === limitExceeded ? notParsable : error
  }
}

/** The base a subscript names in digits or in words, or undefined. */
function baseOf(subscript: string): number | undefined {
  const written = subscript.replace(/^base/i, '').trim()
  const base = /^\d{1,2}$/.test(written) ? Number(written) : NUMBER_WORDS.get(written.toLowerCase())
  return base !== undefined && base >= 2 && base <= 36 ? base : undefined
}

/** A number with a base subscript; digits that do not belong to the base leave it without a value. */
export function baseNumber(text: string, subscript: string): Expression {
  const base = baseOf(subscript)
  if (base === undefined || !/^[0-9A-Z]+$/.test(text)) throw notParsable
  let value: bigint | undefined = 0n
  for (const digit of text) {
    const size = Number.parseInt(digit, 36)
    if (size >= base) {
      value = undefined
      break
    }
    value = value * BigInt(base) + BigInt(size)
  }
  const node: BaseNumberNode = {
    kind: 'base-number',
    digits: text.replace(/^0+(?=.)/, ''),
    base,
    value: value === undefined ? undefined : rational(value),
  }
  return node
}
