/** One text for scalar expressions that differ only in the order and nesting of sums and products. */
import { type Expression, numberNode, sumOf } from './expression.ts'
import { toText, ZERO } from './rational.ts'

function flattened(node: Expression, kind: 'sum' | 'product', parts: string[]): string[] {
  if (node.kind === 'sum' && kind === 'sum') for (const term of node.terms) flattened(term, kind, parts)
  else if (node.kind === 'product' && kind === 'product') {
    for (const factor of node.factors) flattened(factor, kind, parts)
  } else parts.push(structureOf(node))
  return parts
}

/**
 * The sorted, flattened form of a scalar expression. Unlike a canonical fraction it has no size bounds and opens no
 * brackets, so it also serves where exact arithmetic gives up.
 *
 * @example structureOf(b + a) === structureOf(a + b)
 */
export function structureOf(node: Expression): string {
  switch (node.kind) {
    case 'number':
      return toText(node.value)
    case 'symbol':
      return `'${node.name}'`
    case 'constant':
      return node.name
    case 'sum':
      return `(${flattened(node, 'sum', []).sort().join('+')})`
    case 'product':
      return `(${flattened(node, 'product', []).sort().join('*')})`
    case 'power':
      return `${structureOf(node.base)}^${structureOf(node.exponent)}`
    case 'call':
      return `${node.name}(${node.arguments.map(structureOf).join(',')})`
    default:
      return node.kind
  }
}

/**
 * Two sums without the terms they share, so that what is common to both cannot hide a small difference.
 *
 * @example for expressions f + 1 and f the rest is 1 and 0
 */
export function withoutCommonTerms(a: Expression, b: Expression): [Expression, Expression] {
  const termsOf = (node: Expression): readonly Expression[] =>
    node.kind === 'sum' ? node.terms.flatMap(termsOf) : [node]
  const rest = new Map<string, Expression[]>()
  for (const term of termsOf(b)) {
    const key = structureOf(term)
    const same = rest.get(key)
    if (same === undefined) rest.set(key, [term])
    else same.push(term)
  }
  const restOfA = termsOf(a).filter((term) => rest.get(structureOf(term))?.pop() === undefined)
  return [totalOf(restOfA), totalOf([...rest.values()].flat())]
}

function totalOf(terms: readonly Expression[]): Expression {
  return terms.length === 0 ? numberNode(ZERO) : sumOf(terms)
}
