/** Which rung compares two expressions of any kind. */
import { compareRelations } from './compare-relations.ts'
import { compareShapes } from './compare-shapes.ts'
import { compareValues } from './compare-values.ts'
import { Comparison, type ResolvedOptions, type Verdict } from './comparison.ts'
import {
  type BaseNumberNode,
  type Expression,
  isScalar,
  numberNode,
  productOf,
  type RatioNode,
} from './expression.ts'
import { withoutSigns } from './plus-minus.ts'
import { unitless } from './quantity.ts'
import { equals, toSafeInteger } from './rational.ts'
import { DEGREE, isKnownUnit, PERCENT, relateUnits, type Unit, unitOf } from './units.ts'

/** Starts a comparison under the given options. */
export function newComparison(options: ResolvedOptions): Comparison {
  return new Comparison(options, compareExpressions)
}

/** Compares two expressions of any kind; the decision's rung and evidence stay in `comparison`. */
function compareExpressions(gold: Expression, answer: Expression, comparison: Comparison): Verdict {
  comparison.budget.spend(10)
  if (isScalar(gold) && isScalar(answer)) {
    const goldVariants = withoutSigns(gold)
    const answerVariants = withoutSigns(answer)
    if (goldVariants === undefined || answerVariants === undefined) {
      return comparison.decide('undecided', 2, 'too many plus-minus signs')
    }
    return goldVariants === gold && answerVariants === answer
      ? compareValues(gold, answer, comparison)
      : compareExpressions(goldVariants, answerVariants, comparison)
  }
  if (gold.kind === 'text' || answer.kind === 'text') return compareTexts(gold, answer, comparison)
  const goldVariants = withoutSigns(gold)
  const answerVariants = withoutSigns(answer)
  if (goldVariants === undefined || answerVariants === undefined) {
    return comparison.decide('undecided', 2, 'too many plus-minus signs')
  }
  if (goldVariants !== gold || answerVariants !== answer) {
    return compareExpressions(goldVariants, answerVariants, comparison)
  }
  if (isRelational(gold) || isRelational(answer)) {
    return isList(gold) || isList(answer)
      ? compareShapes(gold, answer, comparison)
      : compareRelations(gold, answer, comparison)
  }
  if (gold.kind === 'quantity' || answer.kind === 'quantity')
    return compareQuantities(gold, answer, comparison)
  if (gold.kind === 'base-number' || answer.kind === 'base-number') {
    return compareBaseNumbers(gold, answer, comparison)
  }
  if (gold.kind === 'ratio' || answer.kind === 'ratio') return compareRatios(gold, answer, comparison)
  if (gold.kind === 'number-set' && answer.kind === 'number-set') {
    const verdict = gold.name === answer.name ? 'equal' : 'different'
    return comparison.decide(verdict, 2, 'sets of numbers')
  }
  return compareShapes(gold, answer, comparison)
}

const isRelational = (node: Expression): boolean => node.kind === 'relation'
const isList = (node: Expression): boolean => node.kind === 'list' || node.kind === 'set'

function compareTexts(gold: Expression, answer: Expression, comparison: Comparison): Verdict {
  if (gold.kind === 'text' && answer.kind === 'text') {
    if (gold.text === answer.text) return comparison.decide('equal', 6, 'the same words')
    const isWord = (text: string): boolean => !text.includes(' ')
    return isWord(gold.text) && isWord(answer.text)
      ? comparison.decide('different', 6, 'different words')
      : comparison.decide('undecided', 6, 'different sentences')
  }
  if (isRelational(gold) || isRelational(answer)) return compareRelations(gold, answer, comparison)
  const other = gold.kind === 'text' ? answer : gold
  return isScalar(unitless(other))
    ? comparison.decide('different', 6, 'words against a value')
    : comparison.decide('undecided', 6, 'words against mathematics')
}

/** Beside a measured value "1000 m" is metres, although m alone could be a variable. */
function measuredLike(node: Expression, other: Expression): Expression {
  if (node.kind !== 'product' || other.kind !== 'quantity' || other.unit.dimension === '') return node
  const [value, symbol] = node.factors
  if (node.factors.length !== 2 || value?.kind !== 'number' || symbol?.kind !== 'symbol') return node
  if (!isKnownUnit(symbol.name)) return node
  return { kind: 'quantity', value, unit: unitOf([{ word: symbol.name, power: 1 }]) }
}

/** Values with units: the unit's relation first, then the bare values. */
function compareQuantities(first: Expression, second: Expression, comparison: Comparison): Verdict {
  const { units, percent } = comparison.options
  const gold = measuredLike(first, second)
  const answer = measuredLike(second, first)
  const a = gold.kind === 'quantity' ? gold.unit : undefined
  const b = answer.kind === 'quantity' ? answer.unit : undefined
  const goldAmount = gold.kind === 'quantity' ? gold.value : gold
  const answerAmount = answer.kind === 'quantity' ? answer.value : answer
  if (a === PERCENT || b === PERCENT) {
    const strict = comparison.compare(unitless(gold), unitless(answer), comparison)
    if (strict === 'equal' || percent === 'strict') return strict
    return comparison.compare(goldAmount, answerAmount, comparison)
  }
  if (units === 'require' && a !== undefined && b === undefined) {
    return comparison.decide('different', 1, 'the unit is missing')
  }
  if (a !== undefined && b !== undefined) {
    return compareMeasured(goldAmount, a, answerAmount, b, comparison)
  }
  const verdict = comparison.compare(goldAmount, answerAmount, comparison)
  if (verdict === 'equal' || (a ?? b) !== DEGREE) return verdict
  // 90° is also π/2
  return comparison.compare(unitless(gold), unitless(answer), comparison)
}

function compareMeasured(
  gold: Expression,
  goldUnit: Unit,
  answer: Expression,
  answerUnit: Unit,
  comparison: Comparison,
): Verdict {
  const relation = relateUnits(goldUnit, answerUnit)
  switch (relation.kind) {
    case 'same':
      return comparison.compare(gold, answer, comparison)
    case 'convertible':
      return comparison.options.units === 'strip'
        ? comparison.decide('undecided', 1, 'different units of one dimension')
        : comparison.compare(gold, productOf([answer, numberNode(relation.factor)]), comparison)
    case 'contradictory':
      return comparison.decide('different', 1, 'units of different dimensions')
    case 'unknown': {
      const verdict = comparison.compare(gold, answer, comparison)
      return verdict === 'equal' ? comparison.decide('undecided', 1, 'different unknown units') : verdict
    }
  }
}

function compareBaseNumbers(gold: Expression, answer: Expression, comparison: Comparison): Verdict {
  if (gold.kind === 'base-number' && answer.kind === 'base-number') {
    if (gold.base === answer.base) {
      const verdict = gold.digits === answer.digits ? 'equal' : 'different'
      return comparison.decide(verdict, 1, 'digits in the same base')
    }
    return compareAcrossBases(gold, answer, comparison)
  }
  const number = (gold.kind === 'base-number' ? gold : answer) as BaseNumberNode
  const other = gold.kind === 'base-number' ? answer : gold
  if (!isScalar(other)) return comparison.decide('different', 2, 'a number against another shape')
  if (number.value === undefined) return comparison.decide('undecided', 1, 'a digit outside its base')
  const verdict = comparison.compare(numberNode(number.value), other, comparison)
  if (verdict === 'different') return verdict
  return comparison.decide('undecided', 1, 'the same value in a base and without one')
}

function compareAcrossBases(gold: BaseNumberNode, answer: BaseNumberNode, comparison: Comparison): Verdict {
  if (gold.value === undefined || answer.value === undefined || equals(gold.value, answer.value)) {
    return comparison.decide('undecided', 1, 'the same value in different bases')
  }
  return comparison.decide('different', 1, 'different values in different bases')
}

/** 12:30 may be a time, which no common factor may change. */
function isTimeOfDay({ parts }: RatioNode): boolean {
  const [hours, minutes] = parts
  const isWithin = (part: Expression | undefined, low: number, high: number): boolean => {
    const value = part?.kind === 'number' ? toSafeInteger(part.value) : undefined
    return value !== undefined && value >= low && value <= high
  }
  // 2:3 is no time: minutes have two digits
  return parts.length === 2 && isWithin(hours, 0, 24) && isWithin(minutes, 10, 59)
}

function compareRatios(gold: Expression, answer: Expression, comparison: Comparison): Verdict {
  if (gold.kind !== 'ratio' || answer.kind !== 'ratio') {
    const other = gold.kind === 'ratio' ? answer : gold
    return isScalar(other)
      ? comparison.decide('undecided', 2, 'a ratio against a value')
      : comparison.decide('different', 2, 'a ratio against another shape')
  }
  if (gold.parts.length !== answer.parts.length)
    return comparison.decide('different', 2, 'ratios of different length')
  let verdict = 'equal' as Verdict
  for (let at = 0; at < gold.parts.length; at++) {
    const part = comparison.compare(gold.parts[at]!, answer.parts[at]!, comparison)
    if (part !== 'equal') verdict = part === 'different' || verdict === 'different' ? 'different' : part
  }
  if (verdict === 'equal') return comparison.decide('equal', 2, 'the same ratio')
  for (let at = 1; at < gold.parts.length; at++) {
    const left = productOf([gold.parts[0]!, answer.parts[at]!])
    const right = productOf([gold.parts[at]!, answer.parts[0]!])
    const part = comparison.compare(left, right, comparison)
    if (part !== 'equal') return comparison.decide(part, 2, 'different ratios')
  }
  return isTimeOfDay(gold) && isTimeOfDay(answer)
    ? comparison.decide('undecided', 2, 'the same ratio, or different times of day')
    : comparison.decide('equal', 2, 'the same ratio')
}
