/** Logarithms of positive constants beyond the range of doubles: towers of powers and large factorials. */
import type { Complex } from './complex.ts'
import { evaluate, NO_POINT } from './evaluate.ts'
import type { Expression } from './expression.ts'
import { logMagnitude, sign } from './rational.ts'

/** A real constant as its sign and the logarithm of its size (infinite beyond e^(1.8e308)). */
export interface Magnitude {
  readonly sign: number
  readonly log: number
}

/** ln(n!) by Stirling's series, for large n. */
function logFactorial(n: number): number {
  const series = 1 / (12 * n) - 1 / (360 * n ** 3) + 1 / (1260 * n ** 5)
  return n * Math.log(n) - n + Math.log(2 * Math.PI * n) / 2 + series
}

/** The value as a double where it is one: an exponent, or the argument of a factorial. */
function realValue({ sign: direction, log }: Magnitude): number {
  return direction * Math.exp(log)
}

/** Sign and logarithm of a real constant, or undefined where this arithmetic does not reach. */
export function magnitudeOf(node: Expression): Magnitude | undefined {
  switch (node.kind) {
    case 'number': {
      const direction = sign(node.value)
      return { sign: direction, log: direction === 0 ? Number.NEGATIVE_INFINITY : logMagnitude(node.value) }
    }
    case 'product': {
      let direction = 1
      let log = 0
      for (const factor of node.factors) {
        const part = magnitudeOf(factor)
        if (part === undefined) return undefined
        direction *= part.sign
        log += part.log
      }
      return Number.isNaN(log) ? undefined : { sign: direction, log }
    }
    case 'power': {
      const base = magnitudeOf(node.base)
      const exponent = magnitudeOf(node.exponent)
      if (base === undefined || exponent === undefined || base.sign <= 0) return undefined
      const log = base.log * realValue(exponent)
      return Number.isNaN(log) ? undefined : { sign: 1, log }
    }
    case 'sum': {
      let largest = Number.NEGATIVE_INFINITY
      const parts: number[] = []
      for (const term of node.terms) {
        const part = magnitudeOf(term)
        if (part === undefined || part.sign < 0) return undefined
        parts.push(part.log)
        largest = Math.max(largest, part.log)
      }
      if (largest === Number.NEGATIVE_INFINITY) return { sign: 0, log: largest }
      if (!Number.isFinite(largest)) return { sign: 1, log: largest }
      return {
        sign: 1,
        log: largest + Math.log(parts.reduce((sum, log) => sum + Math.exp(log - largest), 0)),
      }
    }
    case 'call': {
      if (node.name !== 'factorial') return finiteMagnitude(node)
      const argument = magnitudeOf(node.arguments[0]!)
      if (argument === undefined || argument.sign < 0) return undefined
      const n = realValue(argument)
      if (n === Number.POSITIVE_INFINITY) return { sign: 1, log: n }
      return n > 20 ? { sign: 1, log: logFactorial(n) } : finiteMagnitude(node)
    }
    default:
      return finiteMagnitude(node)
  }
}

function finiteMagnitude(node: Expression): Magnitude | undefined {
  const z: Complex = { re: 0, im: 0, peak: 0 }
  evaluate(node, NO_POINT, z)
  if (z.im !== 0 || !Number.isFinite(z.re)) return undefined
  return { sign: Math.sign(z.re), log: Math.log(Math.abs(z.re)) }
}
