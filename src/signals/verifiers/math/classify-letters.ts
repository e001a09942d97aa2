/** Decides what runs of letters are: signs, functions, units, words of prose, or products of variables. */
import type { Tokens } from './tokenise.ts'
import { isKnownUnit } from './units.ts'
import {
  COUNTED_WORDS,
  FUNCTIONS,
  type Meaning,
  SHORT_WORDS,
  type TokenKind,
  WORD_SIGNS,
} from './vocabulary.ts'

/** Whether a run of letters is prose: a product of one-letter variables has at most three lower-case letters. */
function isWord(letters: string): boolean {
  let lower = 0
  const isCapitalised = letters.length > 3 && letters.charCodeAt(0) <= 90
  for (let at = 0; at < letters.length; at++) {
    const code = letters.charCodeAt(at)
    if (code >= 0x80 || code === 45 || code === 39) return true
    if (code >= 97 && code <= 122) lower++
  }
  return lower > (isCapitalised ? 2 : 3)
}

/** Whether the tokens before `at` end a number, so that a known unit there is a unit and not a product of letters. */
function followsNumber({ kinds, texts, spaced }: Tokens, at: number): boolean {
  const before = kinds[at - 1]
  return before === 'number' || (spaced[at]! && (before === 'constant' || texts[at - 1] === '}'))
}

/** Marks which runs of letters are words of prose; a short run beside a word is one too. */
function findProse(tokens: Tokens, meanings: readonly (Meaning | undefined)[]): boolean[] {
  const { kinds, texts, spaced } = tokens
  const prose: boolean[] = new Array(kinds.length).fill(false)
  for (let at = 0; at < kinds.length; at++) {
    if (kinds[at] !== 'word' || meanings[at] !== undefined) continue
    const letters = texts[at]!
    prose[at] =
      (isWord(letters) && functionBefore(letters) === undefined) ||
      SHORT_WORDS.has(letters.toLowerCase()) ||
      (letters.length > 1 &&
        (isKnownUnit(letters) || COUNTED_WORDS.has(letters)) &&
        followsNumber(tokens, at))
  }
  const spread = (at: number, beside: number): void => {
    if (kinds[at] !== 'word' || prose[at] || meanings[at] !== undefined || !prose[beside]) return
    if (!spaced[Math.max(at, beside)]) return
    const letters = texts[at]!
    // the article stands before a word; elsewhere a is a variable
    prose[at] = letters.length > 1 || (letters === 'a' && kinds[at + 1] === 'word')
  }
  for (let at = 1; at < kinds.length; at++) spread(at, at - 1)
  for (let at = kinds.length - 2; at >= 0; at--) spread(at, at + 1)
  return prose
}

const kindOfLetter = (name: string): TokenKind => (name === 'e' || name === 'i' ? 'constant' : 'symbol')

/** Decides for every run of letters whether it is a sign, a function, a word or a product of variables. */
export function classifyLetters(tokens: Tokens): Tokens {
  const { kinds, texts, spaced } = tokens
  let hasRuns = false
  for (let at = 0; at < kinds.length; at++) {
    if (kinds[at] !== 'word') continue
    if (texts[at]!.length === 1 && texts[at]! < '\u0080') kinds[at] = kindOfLetter(texts[at]!)
    else hasRuns = true
  }
  if (!hasRuns) return tokens
  // single letters take part in the search for prose ("a circle")
  for (let at = 0; at < kinds.length; at++) {
    if (/^[A-Za-z]$/.test(texts[at]!) && kinds[at] !== 'text' && kinds[at] !== 'number') kinds[at] = 'word'
  }
  const meanings = kinds.map((kind, at) =>
    kind === 'word' && texts[at]!.length > 1 ? signOf(texts[at]!) : undefined,
  )
  const prose = findProse(tokens, meanings)
  const result: Tokens = { kinds: [], texts: [], spaced: [] }
  const push = (kind: TokenKind, text: string, space: boolean): void => {
    result.kinds.push(kind)
    result.texts.push(text)
    result.spaced.push(space)
  }
  for (let at = 0; at < kinds.length; at++) {
    const text = texts[at]!
    const meaning = meanings[at]
    if (kinds[at] !== 'word' || prose[at]) push(kinds[at]!, text, spaced[at]!)
    else if (meaning !== undefined) push(meaning.kind as TokenKind, meaning.text, spaced[at]!)
    else {
      const called = functionBefore(text)
      if (called !== undefined) push('function', called, spaced[at]!)
      for (let letter = called === undefined ? 0 : text.length - 1; letter < text.length; letter++) {
        push(kindOfLetter(text[letter]!), text[letter]!, letter === 0 && spaced[at]!)
      }
    }
  }
  return result
}

/** "sinx": a function name with one of the usual variables after it ("cost" and "tank" are words). */
function functionBefore(letters: string): string | undefined {
  return /[xyz]$/.test(letters) ? FUNCTIONS.get(letters.slice(0, -1)) : undefined
}

function signOf(letters: string): Meaning | undefined {
  const name = FUNCTIONS.get(letters)
  if (name !== undefined) return { kind: 'function', text: name }
  return WORD_SIGNS.get(letters) ?? (letters === 'Infinity' ? WORD_SIGNS.get('infinity') : undefined)
}
