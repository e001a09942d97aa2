/** A whole answer: sentences around it go, the rest is parsed. */
import type { Expression } from './expression.ts'
import { notParsable } from './grammar.ts'
import { Parser } from './parse.ts'
import { wordsOf } from './parse-primary.ts'
import type { Tokens } from './tokenise.ts'
import { COPULAS, NEGATIONS } from './vocabulary.ts'

const isSign = ({ kinds, texts }: Tokens, at: number, signs: string): boolean =>
  kinds[at] === 'operator' && signs.split(' ').includes(texts[at]!)

/** Where the value starts in "the value of x is 5": after the last copula that only words and names precede. */
function valueStart(tokens: Tokens, from: number, end: number): number {
  const { kinds, texts } = tokens
  let start = from
  for (let at = from; at < end; at++) {
    const lower = texts[at]!.toLowerCase()
    if (kinds[at] === 'word' || kinds[at] === 'text') {
      const words = lower.split(' ')
      if (words.some((word) => NEGATIONS.has(word))) break
      if (COPULAS.has(words.at(-1)!) && at > from && at + 1 < end) start = at + 1
    } else if (kinds[at] !== 'symbol' && !isSign(tokens, at, "' :")) break
  }
  while (start > from && isSign(tokens, start, ': = approx')) start++
  return start
}

/** ]0, 1[ in the French notation is (0, 1). */
function withoutReversedBrackets(tokens: Tokens, from: number, end: number): Tokens {
  const { kinds, texts } = tokens
  const opensBackwards = isSign(tokens, from, ']')
  const closesBackwards = isSign(tokens, end - 1, '[')
  if (!opensBackwards && !closesBackwards) return tokens
  const rewritten = [...texts]
  if (opensBackwards) rewritten[from] = '('
  if (closesBackwards) rewritten[end - 1] = ')'
  return { ...tokens, kinds, texts: rewritten }
}

/**
 * The expression of the tokens from `from` on, or undefined where they are no answer that the grammar knows.
 *
 * @example parseAnswer(tokenise('the value is 7/3'), 0) // the number 7/3
 */
export function parseAnswer(tokens: Tokens, from: number): Expression | undefined {
  let end = tokens.kinds.length
  while (end > from && isSign(tokens, end - 1, '. , ; : ?')) end--
  let start = from
  while (start < end && isSign(tokens, start, '= approx')) start++
  start = valueStart(tokens, start, end)
  if (start >= end) return undefined
  const parser = new Parser(withoutReversedBrackets(tokens, start, end), start, end)
  try {
    const expression = parser.parse(0)
    if (parser.at < end) return undefined
    return expression
  } catch (error) {
    if (error !== notParsable) throw error
    return plainText(tokens, start, end)
  }
}

/** Words that no rule joins are still words. */
function plainText({ kinds, texts }: Tokens, from: number, end: number): Expression | undefined {
  let words = 0
  for (let at = from; at < end; at++) {
    if (kinds[at] === 'word' || kinds[at] === 'text') words++
    else if (kinds[at] !== 'symbol' && !(kinds[at] === 'operator' && ".,':;?-andor".includes(texts[at]!))) {
      return undefined
    }
  }
  return words === 0 ? undefined : { kind: 'text', text: wordsOf(texts.slice(from, end)) }
}
