/** Plus-minus signs: an answer with them is the list of its readings. */
import { type Expression, isScalar, negationOf, partsOf, powerOf, productOf, sumOf } from './expression.ts'

/** Independent signs beyond this give too many readings. */
const SIGN_LIMIT = 4

interface Signs {
  plusMinus: number
  minusPlus: number
}

function countSigns(node: Expression, signs: Signs): void {
  if (node.kind === 'call' && node.name === 'plus-minus') signs.plusMinus++
  else if (node.kind === 'call' && node.name === 'minus-plus') signs.minusPlus++
  for (const part of partsOf(node)) countSigns(part, signs)
}

/** The expression with its signs chosen: `choices` is consumed from left to right. */
function chosen(node: Expression, choices: () => boolean): Expression {
  switch (node.kind) {
    case 'sum':
      return sumOf(node.terms.map((term) => chosen(term, choices)))
    case 'product':
      return productOf(node.factors.map((factor) => chosen(factor, choices)))
    case 'power':
      return powerOf(chosen(node.base, choices), chosen(node.exponent, choices))
    case 'call': {
      if (node.name === 'plus-minus' || node.name === 'minus-plus') {
        const isNegative = choices() !== (node.name === 'minus-plus')
        const inner = chosen(node.arguments[0]!, choices)
        return isNegative ? negationOf(inner) : inner
      }
      return { ...node, arguments: node.arguments.map((argument) => chosen(argument, choices)) }
    }
    default:
      return node
  }
}

/** The readings of a scalar expression: signs go together where ∓ stands beside ±, and are independent otherwise. */
function readingsOf(node: Expression): readonly Expression[] | undefined {
  const signs: Signs = { plusMinus: 0, minusPlus: 0 }
  countSigns(node, signs)
  const count = signs.plusMinus + signs.minusPlus
  if (count === 0) return [node]
  if (signs.minusPlus > 0) return [false, true].map((isNegative) => chosen(node, () => isNegative))
  if (count > SIGN_LIMIT) return undefined
  const readings: Expression[] = []
  for (let mask = 0; mask < 2 ** count; mask++) {
    let sign = 0
    readings.push(chosen(node, () => ((mask >> sign++) & 1) === 1))
  }
  return readings
}

/** The readings of any expression; a relation or a tuple has those of its one part with signs. */
function expanded(node: Expression): readonly Expression[] | undefined {
  if (isScalar(node)) return readingsOf(node)
  switch (node.kind) {
    case 'quantity':
      return expanded(node.value)?.map((value) => ({ ...node, value }))
    case 'relation':
      return combinations(node.operands)?.map((operands) => ({ ...node, operands }))
    case 'tuple':
      return combinations(node.items)?.map((items) => ({ ...node, items }))
    default:
      return [node]
  }
}

function combinations(parts: readonly Expression[]): Expression[][] | undefined {
  let results: Expression[][] = [[]]
  for (const part of parts) {
    const readings = expanded(part)
    if (readings === undefined || results.length * readings.length > 2 ** SIGN_LIMIT) return undefined
    results = results.flatMap((result) => readings.map((reading) => [...result, reading]))
  }
  return results
}

/**
 * The same answer without plus-minus signs: itself where there are none, a list of its readings where there are, the
 * readings in the place of an element in a list or set. Undefined where there are too many.
 */
export function withoutSigns(node: Expression): Expression | undefined {
  if (node.kind === 'list' || node.kind === 'set') {
    const items: Expression[] = []
    for (const item of node.items) {
      const readings = expanded(item)
      if (readings === undefined) return undefined
      items.push(...readings)
    }
    return items.length === node.items.length ? node : { ...node, items }
  }
  const readings = expanded(node)
  if (readings === undefined) return undefined
  return readings.length === 1 ? node : { kind: 'list', items: readings, separator: 'or' }
}
