/** Arithmetic on parsed operands that may carry a unit, or be a vector or matrix. */
import {
  type Expression,
  isScalar,
  MINUS_ONE_NODE,
  negationOf,
  numberNode,
  productOf,
  type QuantityNode,
  quotientOf,
  sumOf,
} from './expression.ts'
import { notParsable } from './grammar.ts'
import { rational } from './rational.ts'
import { DEGREE, PERCENT, type Unit } from './units.ts'

const HUNDREDTH = numberNode(rational(1, 100))
const RADIANS_A_DEGREE = quotientOf({ kind: 'constant', name: 'pi' }, numberNode(rational(180)))

/** The bare value: a percentage as a fraction of one, an angle in degrees as radians, other units dropped. */
export function unitless(node: Expression): Expression {
  if (node.kind !== 'quantity') return node
  if (node.unit === PERCENT) {
    const { value } = node
    const hundredth = productOf([value, HUNDREDTH])
    return value.kind === 'number' && hundredth.kind === 'number'
      ? numberNode(hundredth.value, value.decimal)
      : hundredth
  }
  return node.unit === DEGREE ? productOf([node.value, RADIANS_A_DEGREE]) : node.value
}

function measured(value: Expression, unit: Unit): QuantityNode {
  return { kind: 'quantity', value, unit }
}

/** −a, keeping a unit and the shape of a vector or matrix. */
export function negated(node: Expression): Expression {
  if (node.kind === 'quantity') return measured(negated(node.value), node.unit)
  return isScalar(node) ? negationOf(node) : multiplied([MINUS_ONE_NODE, node])
}

/** The sum of operands; a unit of one of them is the unit of the sum. */
export function summed(terms: readonly Expression[]): Expression {
  const first = terms.find((term): term is QuantityNode => term.kind === 'quantity')
  if (first === undefined) {
    if (!terms.every(isScalar)) throw notParsable
    return sumOf(terms)
  }
  const { unit } = first
  const isCommon = terms.every((term) => (term.kind === 'quantity' ? term.unit === unit : unit !== PERCENT))
  if (!isCommon) return sumOf(terms.map(unitless))
  return measured(summed(terms.map((term) => (term.kind === 'quantity' ? term.value : term))), unit)
}

/** The product of operands: at most one of them a vector or matrix, whose entries are scaled. */
export function multiplied(factors: readonly Expression[]): Expression {
  const quantity = factors.find((factor): factor is QuantityNode => factor.kind === 'quantity')
  if (quantity !== undefined) {
    if (quantity.unit === PERCENT) return multiplied(factors.map(unitless))
    const bare = factors.map((factor) => (factor.kind === 'quantity' ? factor.value : factor))
    return measured(multiplied(bare), quantity.unit)
  }
  const shaped = factors.findIndex((factor) => !isScalar(factor))
  if (shaped < 0) return productOf(factors)
  const shape = factors[shaped]!
  const scalars = factors.toSpliced(shaped, 1)
  if (!scalars.every(isScalar)) throw notParsable
  const scale = productOf(scalars)
  const scaled = (entry: Expression): Expression => multiplied([scale, entry])
  if (shape.kind === 'matrix' && shape.form === 'matrix') {
    return { ...shape, rows: shape.rows.map((row) => row.map(scaled)) }
  }
  if (shape.kind === 'tuple' && shape.open !== '[' && shape.close !== ']') {
    // A(1, 2) names a point
    if (scale.kind === 'symbol' && /^[A-Z]/.test(scale.name)) return shape
    return { ...shape, items: shape.items.map(scaled) }
  }
  throw notParsable
}
