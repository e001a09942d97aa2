/**
 * The tokenisers of machine-translation scores: `13a` (mteval-v13a), `none`, `char`, `zh` and `intl`. They cut a text
 * into spans of itself, so that scoring makes no strings.
 * Source: huggingface/evaluate metrics/bleu tokenizer_13a.py; mjpost/sacrebleu sacrebleu/tokenizers.
 */
import { isWhitespace, trim } from './whitespace.ts'

export const TOKENIZERS = ['13a', 'none', 'char', 'zh', 'intl'] as const
export type Tokenizer = (typeof TOKENIZERS)[number]

/** Tokens of one text as half-open ranges of it; the arrays are reused and are longer than what they hold. */
export class TokenSpans {
  text = ''
  /** UTF-16 units of the text, followed by eight more that may be anything; far faster to read than a string */
  units = new Uint16Array(1024)
  count = 0
  starts = new Int32Array(1024)
  ends = new Int32Array(1024)
  #bytes = Buffer.from(this.units.buffer)

  /** Takes a text, with room for as many tokens as it can have, so that scanning never checks. */
  reset(text: string): void {
    this.text = text
    this.count = 0
    if (text.length + 8 > this.units.length) {
      const size = Math.max(text.length + 8, 2 * this.units.length)
      this.units = new Uint16Array(size)
      this.#bytes = Buffer.from(this.units.buffer)
      this.starts = new Int32Array(size)
      this.ends = new Int32Array(size)
    }
    this.#bytes.write(text, 'utf16le')
  }

  token(index: number): string {
    return this.text.slice(this.starts[index]!, this.ends[index]!)
  }
}

const ORDINARY = 0
const SPACE = 1
/** always a token of its own */
const SEPARATE = 2
/** full stop or comma: a token of its own unless it stands between digits */
const POINT = 3
const DIGIT = 4
/** a token of its own after a digit */
const DASH = 5
/** before the first unit of a text that is not padded */
const NOTHING = 6

const KINDS = new Uint8Array(128)
for (let code = 0; code < 128; code++) {
  const character = String.fromCharCode(code)
  if (isWhitespace(code)) KINDS[code] = SPACE
  else if (character === '.' || character === ',') KINDS[code] = POINT
  else if (character === '-') KINDS[code] = DASH
  else if (character >= '0' && character <= '9') KINDS[code] = DIGIT
  else if (code > 32 && code < 127 && !/['A-Za-z]/.test(character)) KINDS[code] = SEPARATE
}

function kindOf(code: number): number {
  return code < 128 ? KINDS[code]! : isWhitespace(code) ? SPACE : ORDINARY
}

/**
 * The four replacement rules of 13a in one pass. The rules' scan without overlap shows in one place: the rule "separate
 * a point after a non-digit" has used up a point it just separated, so that point does not count as the non-digit
 * before the next one (`...5` ends in the token `5`, `..5` in the token `.5`).
 */
function scanRules(spans: TokenSpans, padded: boolean): void {
  const { starts, ends, units } = spans
  const size = spans.text.length
  let count = 0
  let start = -1
  let previous = padded ? SPACE : NOTHING
  let previousSeparated = false
  for (let index = 0; index < size; index++) {
    const kind = kindOf(units[index]!)
    let separate = kind === SEPARATE
    if (kind === DASH) separate = previous === DIGIT
    else if (kind === POINT) {
      const afterNonDigit: boolean =
        previous !== DIGIT && previous !== NOTHING && !(previous === POINT && previousSeparated)
      const next = index + 1 < size ? kindOf(units[index + 1]!) : padded ? SPACE : DIGIT
      separate = afterNonDigit || next !== DIGIT
      previousSeparated = afterNonDigit
    }
    if (separate || kind === SPACE) {
      if (start >= 0) {
        starts[count] = start
        ends[count++] = index
        start = -1
      }
      if (separate) {
        starts[count] = index
        ends[count++] = index + 1
      }
    } else if (start < 0) start = index
    previous = kind
  }
  if (start >= 0) {
    starts[count] = start
    ends[count++] = size
  }
  spans.count = count
}

function scanSpaces(spans: TokenSpans): void {
  const { starts, ends, units } = spans
  const size = spans.text.length
  let count = 0
  let start = -1
  for (let index = 0; index < size; index++) {
    if (!isWhitespace(units[index]!)) {
      if (start < 0) start = index
    } else if (start >= 0) {
      starts[count] = start
      ends[count++] = index
      start = -1
    }
  }
  if (start >= 0) {
    starts[count] = start
    ends[count++] = size
  }
  spans.count = count
}

function scanCharacters(spans: TokenSpans): void {
  const { text, starts, ends, units } = spans
  let count = 0
  for (let index = 0; index < text.length; index++) {
    if (isWhitespace(units[index]!)) continue
    starts[count] = index
    if (text.codePointAt(index)! > 0xffff) index++
    ends[count++] = index + 1
  }
  spans.count = count
}

function unescapeEntities(text: string): string {
  let clean = text
  if (clean.includes('<skipped>')) clean = clean.replaceAll('<skipped>', '')
  if (clean.includes('-\n')) clean = clean.replaceAll('-\n', '')
  if (clean.includes('&')) {
    clean = clean
      .replaceAll('&quot;', '"')
      .replaceAll('&amp;', '&')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
  }
  return clean
}

/**
 * What sacrebleu's `zh` counts as Chinese: CJK, kana-width forms, strokes, and, through a range whose bounds it
 * compares as text, everything from U+2001 to U+2A6D (dashes, curly quotes, arrows); published scores rest on it.
 */
const CHINESE =
  /[\u2001-\u2a6d\u2e80-\u2eff\u2f00-\u2fdf\u2ff0-\u2fff\u3000-\u303f\u3100-\u312f\u31a0-\u31bf\u31c0-\u31ef\u3200-\u33ff\u3400-\u4db5\u4e00-\u9fbb\uf900-\ufa2d\ufa30-\ufa6a\ufa70-\ufad9\ufe10-\ufe1f\ufe30-\ufe4f\uff00-\uffef]/g

function separateInternational(text: string): string {
  return text
    .replace(/(\P{N})(\p{P})/gu, '$1 $2 ')
    .replace(/(\p{P})(\P{N})/gu, ' $1 $2')
    .replace(/\p{S}/gu, ' $& ')
}

/**
 * Cuts a text into tokens and leaves their spans in `spans` (whose `text` is the text they are spans of, after the
 * tokeniser's own replacements).
 * - `13a`: punctuation apart, but full stops and commas between digits stay; other scripts only at white space
 * - `none`: at white space; `char`: every character; `zh`: Chinese characters apart, then 13a's rules
 * - `intl`: Unicode punctuation apart unless between numbers, Unicode symbols apart
 */
export function scanTokens(text: string, tokenizer: Tokenizer, spans: TokenSpans): void {
  let prepared = text
  if (tokenizer === '13a') prepared = unescapeEntities(text)
  else if (tokenizer === 'zh') prepared = trim(text).replace(CHINESE, ' $& ')
  else if (tokenizer === 'intl') prepared = separateInternational(text)
  spans.reset(prepared)
  if (tokenizer === '13a') scanRules(spans, true)
  else if (tokenizer === 'zh') scanRules(spans, false)
  else if (tokenizer === 'char') scanCharacters(spans)
  else scanSpaces(spans)
}

/**
 * The tokens of a text as strings.
 *
 * @example tokenize('It costs 3.50, really.', '13a') // ['It', 'costs', '3.50', ',', 'really', '.']
 */
export function tokenize(text: string, tokenizer: Tokenizer): string[] {
  const spans = new TokenSpans()
  scanTokens(text, tokenizer, spans)
  return Array.from({ length: spans.count }, (_, index) => spans.token(index))
}
