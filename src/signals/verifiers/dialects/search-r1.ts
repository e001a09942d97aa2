/**
 * The dialect `search-r1/em` and its sub-string variant: the last `<answer>` compared after lower-casing and removal of
 * punctuation and articles (the SQuAD normalisation).
 */
import { countOccurrences, splitWords, strip } from './python-text.ts'

const punctuation = /[!-/:-@[-`{-~]/g
const article = /(?<![\p{L}\p{N}_])(?:a|an|the)(?![\p{L}\p{N}_])/gu

/**
 * Lower case, ASCII punctuation deleted, the words a, an and the removed, white space collapsed.
 * Source: Rajpurkar et al. 2016 (SQuAD); verl `search_r1_like_qa_em.py`; RLCR `reward_fns.py`.
 *
 * @example normalizeAnswer('The  quick, brown fox!') // 'quick brown fox'
 */
export function normalizeAnswer(text: string): string {
  return splitWords(text.toLowerCase().replace(punctuation, '').replace(article, ' ')).join(' ')
}

/** The content of the last complete pair of tags, as a left-to-right search finds pairs; undefined when there is none. */
export function lastTagContent(text: string, tag: string): string | undefined {
  const open = `<${tag}>`
  const close = `</${tag}>`
  let content: string | undefined
  for (let start = text.indexOf(open); start !== -1; ) {
    const end = text.indexOf(close, start + open.length)
    if (end === -1) break
    content = text.slice(start + open.length, end)
    start = text.indexOf(open, end + close.length)
  }
  return content
}

/** The trimmed content of the last `<answer>…</answer>`; undefined when there is none. */
export function extractSearchR1(completion: string): string | undefined {
  const content = lastTagContent(completion, 'answer')
  return content === undefined ? undefined : strip(content)
}

/** 1 when the normalised prediction equals (`em`) or contains (`sub`) one of the normalised gold answers, else 0. */
export function matchesAnswer(
  prediction: string,
  golds: readonly string[],
  mode: 'em' | 'sub' = 'em',
): 0 | 1 {
  const normal = normalizeAnswer(prediction)
  const found = golds.some((gold) => {
    const expected = normalizeAnswer(gold)
    return mode === 'em' ? expected === normal : normal.includes(expected)
  })
  return found ? 1 : 0
}

/**
 * The score of a completion: 1, 0, or ¼ for a right answer (`em`) in a text with more than 10 opening or closing
 * answer tags, which the trainer punishes.
 *
 * @example scoreSearchR1('<answer>The Beatles</answer>', ['Beatles']) // 1
 */
export function scoreSearchR1(
  completion: string,
  golds: readonly string[],
  mode: 'em' | 'sub' = 'em',
): number {
  const answer = extractSearchR1(completion)
  if (answer === undefined || matchesAnswer(answer, golds, mode) === 0) return 0
  const crowded =
    countOccurrences(completion, '<answer>') > 10 || countOccurrences(completion, '</answer>') > 10
  return mode === 'em' && crowded ? 0.25 : 1
}
