/** Letters of multiple choice: (A), \textbf{(B) } 12, C., option D. */
import type { Tokens } from './tokenise.ts'

/** `isMarked`: written with brackets or a full stop, as only a choice is; `content`: the token after the label. */
export interface Choice {
  readonly letter: string
  readonly isMarked: boolean
  readonly content: number
}

const LABEL_WORDS: ReadonlySet<string> = new Set(['option', 'choice', 'answer'])

/** Whether the content after a label is, or holds, the letter of another choice: then the answer hedges. */
function namesChoice(texts: readonly string[], from: number): boolean {
  for (let at = from; at < texts.length; at++) {
    if (/^\(?[A-J]\)[.:]?$/.test(texts[at]!) || /^\([A-J]$/.test(texts[at]!)) return true
    if (!/^[A-J]$/.test(texts[at]!)) continue
    if (texts[at + 1] === ')' || (at === from && (at + 1 === texts.length || texts[at + 1] === '.')))
      return true
  }
  return false
}

/** The letter of a choice at the start of an answer, or undefined. */
export function choiceOf({ kinds, texts, spaced }: Tokens): Choice | undefined {
  let at = LABEL_WORDS.has(texts[0]?.toLowerCase() ?? '') && kinds[0] === 'word' ? 1 : 0
  const hasWord = at === 1
  while (texts[at] === '{' && kinds[at] === 'operator') at++
  const wrapped = kinds[at] === 'text' ? /^\(?([A-Za-z])[).:]{0,2}$/.exec(texts[at]!) : null
  if (wrapped !== null) {
    let end = at + 1
    while ((texts[end] === '}' || texts[end] === '.' || texts[end] === ':') && kinds[end] === 'operator')
      end++
    return {
      letter: wrapped[1]!,
      isMarked: wrapped[0].length > 1 || hasWord || texts[end - 1] === '.',
      content: end,
    }
  }
  const isBracketed = texts[at] === '(' && kinds[at] === 'operator'
  if (isBracketed) at++
  const letter = texts[at]
  const isLetter = kinds[at] === 'symbol' || (kinds[at] === 'constant' && letter!.length === 1)
  if (!isLetter || !/^[A-Za-z]$/.test(letter!)) return undefined
  at++
  const closes = texts[at] === ')' && kinds[at] === 'operator'
  if (isBracketed && !closes) return undefined
  if (closes) at++
  let isStopped = false
  while ((texts[at] === '}' || texts[at] === '.' || texts[at] === ':') && kinds[at] === 'operator') {
    isStopped ||= texts[at] !== '}'
    at++
  }
  const isMarked = isBracketed || closes || isStopped || hasWord
  if (at < texts.length) {
    // "(E) 12" has content; "(a)(b)" and "a: b" are mathematics
    const startsContent =
      kinds[at] !== 'operator' || texts[at] === 'frac' || texts[at] === 'sqrt' || texts[at] === '$'
    const isLabel = isMarked && letter! <= 'Z' && texts[at - 1] !== ':' && spaced[at]! && startsContent
    if (!isLabel || namesChoice(texts, at)) return undefined
  }
  return { letter: letter!, isMarked, content: at }
}

/** Whether the letter alone says that the answer is one of several choices. */
export function isChoiceLetter({ letter, isMarked }: Choice): boolean {
  return /^[A-J]$/.test(letter) || (isMarked && /^[a-j]$/.test(letter))
}
