/** The complex double value of a scalar expression at a point. */
import {
  applyFunction,
  type Complex,
  exponential,
  gamma,
  generalPower,
  integerPower,
  invert,
  logarithm,
  multiplyBy,
  set,
  squareRoot,
} from './complex.ts'
import type { CallNode, Expression, PowerNode } from './expression.ts'
import { isInteger, toDouble } from './rational.ts'

/** Values of the variables; a name without a value makes the result NaN. */
export type Point = ReadonlyMap<string, number>

/** Whole exponents up to this are powers by multiplication. */
const INTEGER_EXPONENT_LIMIT = 2 ** 31

export const NO_POINT: Point = new Map()

/**
 * Writes the value of `node` at `point` into `z`. NaN or infinite parts: no finite value (1/0, ln 0, ∞).
 * `z` is scratch space, so that evaluation allocates nothing.
 */
export function evaluate(node: Expression, point: Point, z: Complex): void {
  switch (node.kind) {
    case 'number':
      set(z, toDouble(node.value), 0)
      break
    case 'symbol':
      set(z, point.get(node.name) ?? Number.NaN, 0)
      break
    case 'constant':
      if (node.name === 'i') set(z, 0, 1)
      else set(z, node.name === 'pi' ? Math.PI : node.name === 'e' ? Math.E : Number.NaN, 0)
      break
    case 'sum': {
      let re = 0
      let im = 0
      for (const term of node.terms) {
        evaluate(term, point, z)
        re += z.re
        im += z.im
        z.peak = Math.max(z.peak, Math.abs(z.re), Math.abs(z.im))
      }
      set(z, re, im)
      break
    }
    case 'product': {
      let re = 1
      let im = 0
      for (const factor of node.factors) {
        evaluate(factor, point, z)
        multiplyBy(z, re, im)
        re = z.re
        im = z.im
      }
      break
    }
    case 'power':
      evaluatePower(node, point, z)
      break
    case 'call':
      evaluateCall(node, point, z)
      break
    default:
      set(z, Number.NaN, 0)
  }
}

function evaluatePower({ base, exponent }: PowerNode, point: Point, z: Complex): void {
  if (exponent.kind === 'number') {
    const { value } = exponent
    const size = toDouble(value)
    evaluate(base, point, z)
    if (isInteger(value) && Math.abs(size) <= INTEGER_EXPONENT_LIMIT) integerPower(z, size)
    else if (size === 0.5) squareRoot(z)
    else if (z.im === 0 && z.re < 0 && value.small && value.denominator % 2 === 1) {
      // an odd root of a negative real number is real
      const root = (-z.re) ** size
      set(z, value.numerator % 2 === 0 ? root : -root, 0)
    } else generalPower(z, size, 0)
    return
  }
  evaluate(exponent, point, z)
  const { re, im } = z
  if (base.kind === 'constant' && base.name === 'e') {
    exponential(z)
    return
  }
  evaluate(base, point, z)
  if (im === 0 && Number.isInteger(re) && Math.abs(re) <= INTEGER_EXPONENT_LIMIT) integerPower(z, re)
  else generalPower(z, re, im)
}

function evaluateCall({ name, arguments: parameters }: CallNode, point: Point, z: Complex): void {
  const [first, second] = parameters as [Expression, Expression | undefined]
  if (name === 'max' || name === 'min') {
    let best = name === 'max' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
    for (const argument of parameters) {
      evaluate(argument, point, z)
      const value = z.im === 0 ? z.re : Number.NaN
      best = name === 'max' ? Math.max(best, value) : Math.min(best, value)
    }
    set(z, best, 0)
    return
  }
  if (name === 'gcd' || name === 'lcm') {
    let total = name === 'gcd' ? 0 : 1
    for (const argument of parameters) {
      evaluate(argument, point, z)
      const value = z.im === 0 && Number.isSafeInteger(z.re) ? Math.abs(z.re) : Number.NaN
      total = name === 'gcd' ? commonDivisor(total, value) : (total / commonDivisor(total, value)) * value
    }
    set(z, total, 0)
    return
  }
  evaluate(first, point, z)
  if (second === undefined) applyFunction(name, z)
  else if (name === 'binomial') evaluateBinomial(z, second, point)
  else if (name === 'log') {
    logarithm(z)
    const { re, im } = z
    evaluate(second, point, z)
    logarithm(z)
    invert(z)
    multiplyBy(z, re, im)
  } else set(z, Number.NaN, 0)
}

/** Whole lower arguments up to this are products, which have no poles. */
const PRODUCT_LIMIT = 64

/** (n over k): n (n − 1) … (n − k + 1) / k! for small whole k, else Γ(n + 1) / (Γ(k + 1) Γ(n − k + 1)). `z` holds n. */
function evaluateBinomial(z: Complex, lower: Expression, point: Point): void {
  const { re, im } = z
  evaluate(lower, point, z)
  const lowerRe = z.re
  const lowerIm = z.im
  if (lowerIm === 0 && Number.isInteger(lowerRe) && lowerRe >= 0 && lowerRe <= PRODUCT_LIMIT) {
    set(z, 1, 0)
    for (let k = 0; k < lowerRe; k++) multiplyBy(z, (re - k) / (k + 1), im / (k + 1))
    return
  }
  z.re += 1
  gamma(z)
  const bottomRe = z.re
  const bottomIm = z.im
  set(z, re - lowerRe + 1, im - lowerIm)
  gamma(z)
  multiplyBy(z, bottomRe, bottomIm)
  invert(z)
  const inverseRe = z.re
  const inverseIm = z.im
  set(z, re + 1, im)
  gamma(z)
  multiplyBy(z, inverseRe, inverseIm)
}

/** NaN of anything that is not a whole number. */
function commonDivisor(a: number, b: number): number {
  if (Number.isNaN(b)) return b
  while (b !== 0) [a, b] = [b, a % b]
  return a
}
