/**
 * Finds the final answer in a completion: in an answer tag, a box, after ####, after "the answer is", in the last
 * formula, or as the last number. Every rule searches from the end, in linear time.
 */
import { lastBoxed } from './boxed.ts'
import { EXTRACTION_RULES, type ExtractionRule, TRAINING_RULES } from './extraction-rules.ts'

export interface ExtractionOptions {
  /**
   * What of the reasoning counts. `cut`: only the text after the last `</think>`, where there is one; `keep`: all of
   * the text; `require`: without `</think>` there is no answer. Default `cut`.
   */
  readonly reasoning?: 'cut' | 'keep' | 'require'
  /** Rules to try, always in the order of `EXTRACTION_RULES`; default `TRAINING_RULES`. */
  readonly rules?: readonly ExtractionRule[]
  /** Letters of multiple choice: with them the last rule looks for a letter instead of a number. */
  readonly choices?: readonly string[]
}

/** The answer, the rule that found it, and the index in the completion where the match starts. */
export interface ExtractedAnswer {
  readonly text: string
  readonly rule: ExtractionRule
  readonly position: number
}

interface Found {
  readonly text: string
  readonly position: number
}

const END_OF_REASONING = '</think>'

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end < 0 ? text.length : end
}

/** The content of the last complete <answer>…</answer>. */
function lastAnswerTag(text: string): Found | undefined {
  const close = text.lastIndexOf('</answer>')
  if (close < 0) return undefined
  const open = text.lastIndexOf('<answer>', close)
  return open < 0 ? undefined : { text: text.slice(open + '<answer>'.length, close), position: open }
}

/** The last #### up to the end of its line. */
function lastHashes(text: string): Found | undefined {
  const start = text.lastIndexOf('####')
  if (start < 0) return undefined
  const content = tidied(text.slice(start + 4, lineEnd(text, start)))
  return content === '' ? undefined : { text: content, position: start }
}

const PHRASE_END = /\*{0,2}(?:\s*(?:is|are)\b\s*:?|\s*:)\*{0,2}/iy

/** Marks of emphasis and mathematics around an answer, and a final full stop. */
function tidied(text: string): string {
  let content = text.trim()
  for (;;) {
    const before = content
    if (content.startsWith('**')) content = content.slice(2)
    if (content.endsWith('**')) content = content.slice(0, -2)
    if (content.endsWith('.') && !content.endsWith('..')) content = content.slice(0, -1)
    if (content.startsWith('$') && content.endsWith('$') && content.length > 1) content = content.slice(1, -1)
    for (const [open, close] of [
      ['\\(', '\\)'],
      ['\\[', '\\]'],
    ] as const) {
      if (content.startsWith(open) && content.endsWith(close)) content = content.slice(2, -2)
    }
    content = content.trim()
    if (content === before) return content
  }
}

/** Where a sentence ends: a full stop, white space, and a capital letter. */
const NEXT_SENTENCE = /\.\s+(?=[A-Z])/

/** What follows the last "answer is", "answer:" or "answers are" on its line, up to the next sentence. */
function lastPhrase(text: string): Found | undefined {
  for (let at = text.length - 6; at >= 0; at--) {
    const code = text.charCodeAt(at) | 32
    if (code !== 97 || text.slice(at, at + 6).toLowerCase() !== 'answer') continue
    const plural = text[at + 6] === 's' || text[at + 6] === 'S'
    PHRASE_END.lastIndex = at + (plural ? 7 : 6)
    const phrase = PHRASE_END.exec(text)
    if (phrase === null) continue
    const from = PHRASE_END.lastIndex
    const line = text.slice(from, lineEnd(text, from))
    const next = NEXT_SENTENCE.exec(line)
    const content = tidied(next === null ? line : line.slice(0, next.index))
    return content === '' ? undefined : { text: content, position: at }
  }
  return undefined
}

const PAIRS = [
  ['$$', '$$'],
  ['\\(', '\\)'],
  ['\\[', '\\]'],
] as const

/** The content of the formula that ends last. */
function lastFormula(text: string): Found | undefined {
  let best = lastDollarFormula(text)
  let bestEnd = best === undefined ? -1 : best.position + best.text.length
  for (const [open, close] of PAIRS) {
    const end = text.lastIndexOf(close)
    if (end <= 0 || end <= bestEnd) continue
    const start = text.lastIndexOf(open, end - open.length)
    if (start < 0) continue
    const content = text.slice(start + open.length, end).trim()
    if (content === '') continue
    best = { text: content, position: start }
    bestEnd = end
  }
  return best
}

/**
 * The last $…$ on one line. As in Markdown, no white space stands inside its dollar signs and no digit after it:
 * everything else is money.
 */
function lastDollarFormula(text: string): Found | undefined {
  for (let close = text.lastIndexOf('$'); close > 0; ) {
    const open = text.lastIndexOf('$', close - 1)
    if (open < 0) return undefined
    const last = text[close - 1]!
    // the ends first: most dollar signs of prose fail there without a copy of the text between them
    const mayClose =
      close - open > 1 && !' \n\t\\=+-*/'.includes(last) && !isDigit(text.charCodeAt(close + 1))
    if (mayClose && !' \n\t'.includes(text[open + 1]!) && text[open - 1] !== '\\') {
      const content = text.slice(open + 1, close)
      if (!content.includes('\n')) return { text: content, position: open }
    }
    close = open
  }
  return undefined
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57
const NUMBER = /-?\d[\d,]*(?:\.\d+)?(?:%|\/\d+)?/y

/** The last number: digits with commas, decimals, a percent sign or a denominator. */
function lastNumber(text: string): Found | undefined {
  let end = text.length
  while (end > 0 && !isDigit(text.charCodeAt(end - 1))) end--
  if (end === 0) return undefined
  let start = end
  while (start > 0 && (isDigit(text.charCodeAt(start - 1)) || ',./'.includes(text[start - 1]!))) start--
  while (!isDigit(text.charCodeAt(start))) start++
  if (text[start - 1] === '-') start--
  let found: Found | undefined
  // the run of digits and separators may hold several numbers ("3, 4." has none inside, "1.2.3" has)
  for (let at = start; at < end; ) {
    NUMBER.lastIndex = at
    const match = NUMBER.exec(text)
    if (match === null) {
      at++
      continue
    }
    found = { text: match[0].replace(/,+$/, ''), position: at }
    at = NUMBER.lastIndex
  }
  return found
}

/** The last letter of the choices that stands alone, optionally in brackets or bold. */
function lastChoice(text: string, choices: readonly string[]): Found | undefined {
  const letters = new Set(choices.map((choice) => choice.toUpperCase()))
  const isAlphanumeric = (at: number): boolean => /[A-Za-z0-9]/.test(text[at] ?? '')
  for (let at = text.length - 1; at >= 0; at--) {
    const letter = text[at]!.toUpperCase()
    if (!letters.has(letter) || isAlphanumeric(at - 1) || isAlphanumeric(at + 1)) continue
    const after = text.slice(at + 1, at + 4)
    const isAlone = /^(?:\*\*|[.,:)\]}*$\s]|$)/.test(after)
    // a lower-case letter in prose is a word or a variable; in brackets it is a choice
    const isBracketed = text[at - 1] === '(' && text[at + 1] === ')'
    if (isAlone && (text[at] === letter || isBracketed)) return { text: letter, position: at }
  }
  return undefined
}

function apply(
  rule: ExtractionRule,
  text: string,
  choices: readonly string[] | undefined,
): Found | undefined {
  switch (rule) {
    case 'boxed':
      return lastBoxed(text)
    case 'hashes':
      return lastHashes(text)
    case 'phrase':
      return lastPhrase(text)
    case 'latex':
      return lastFormula(text)
    case 'last':
      return choices === undefined ? lastNumber(text) : lastChoice(text, choices)
    case 'answer-tag':
      return lastAnswerTag(text)
  }
}

/**
 * Extracts the final answer of a completion: the first rule that yields a non-empty text wins. Inside an answer tag
 * the later rules look again (a box, a formula); where none finds anything the tag's whole content is the answer.
 *
 * @returns undefined where no rule finds an answer
 * @example extractAnswer('So \\boxed{7}.') // { text: '7', rule: 'boxed', position: 3 }
 */
export function extractAnswer(
  completion: string,
  options: ExtractionOptions = {},
): ExtractedAnswer | undefined {
  const { reasoning = 'cut', rules = TRAINING_RULES, choices } = options
  const end = reasoning === 'keep' ? -1 : completion.lastIndexOf(END_OF_REASONING)
  if (end < 0 && reasoning === 'require') return undefined
  const offset = end < 0 ? 0 : end + END_OF_REASONING.length
  const text = completion.slice(offset)
  for (const rule of EXTRACTION_RULES) {
    if (!rules.includes(rule)) continue
    const found = apply(rule, text, choices)
    if (found === undefined) continue
    const answer = rule === 'answer-tag' ? insideTag(found.text, choices) : found.text
    if (answer !== '') return { text: answer, rule, position: offset + found.position }
  }
  return undefined
}

/** Only rules that mark an answer apply inside a tag: a last number would cut "7 apples" or "x = 7". */
const RULES_INSIDE_TAG: readonly ExtractionRule[] = ['boxed', 'hashes', 'phrase']

function insideTag(content: string, choices: readonly string[] | undefined): string {
  for (const rule of RULES_INSIDE_TAG) {
    const found = apply(rule, content, choices)
    if (found !== undefined) return found.text
  }
  return tidied(content)
}
