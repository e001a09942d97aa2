/**
 * Scalar expressions as fractions of polynomials over shared atoms: variables, π, e, i, roots of primes, and whatever
 * the arithmetic does not look into (functions), which become atoms named by their canonical arguments.
 */
import { limitExceeded } from './budget.ts'
import { canonicalCall } from './canonical-call.ts'
import { canonicalPower } from './canonical-power.ts'
import type { Expression } from './expression.ts'
import {
  type AtomTable,
  addFractions,
  constantFraction,
  type Fraction,
  multiplyFractions,
  ONE_FRACTION,
  ZERO_FRACTION,
} from './fraction.ts'
import type { Relation } from './polynomial.ts'
import { MINUS_ONE } from './rational.ts'

const I_SQUARED: Relation = { exponent: 2, value: MINUS_ONE }

/**
 * The canonical fraction of a scalar expression. Throws `limitExceeded` where it would leave the bounds (7 atoms,
 * 2,000 terms, degree 127) and `noValue` on a division by zero.
 */
export function toFraction(node: Expression, table: AtomTable): Fraction {
  table.budget.spend(1)
  switch (node.kind) {
    case 'number':
      return constantFraction(node.value)
    case 'symbol':
      return table.atom(node.name, node, 'independent')
    case 'constant':
      if (node.name === 'infinity') throw limitExceeded
      if (node.name === 'i') return table.atom('\\i', node, 'independent', I_SQUARED)
      return table.atom(`\\${node.name}`, node, 'independent')
    case 'sum': {
      let total = ZERO_FRACTION
      for (const term of node.terms) total = addFractions(total, toFraction(term, table), table)
      return total
    }
    case 'product': {
      let total = ONE_FRACTION
      for (const factor of node.factors) total = multiplyFractions(total, toFraction(factor, table), table)
      return total
    }
    case 'power':
      return canonicalPower(node, table, toFraction)
    case 'call':
      return canonicalCall(node, table, toFraction)
    default:
      throw limitExceeded
  }
}
