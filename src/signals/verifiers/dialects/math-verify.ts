/**
 * The dialects `math-verify`, `trl/accuracy` and `trl/reasoning-accuracy`: which part of a completion those verifiers
 * take for the answer. Whether it equals the gold answer is decided by the equivalence that is passed in.
 */
import { closingBrace } from './boxed.ts'
import { latexFormulas } from './latex-environments.ts'
import { strip } from './python-text.ts'

/** Decides whether two answers are equal; undefined when it cannot tell or cannot read one of them. */
export type AnswerEqual = (gold: string, answer: string) => boolean | undefined

export interface MathVerifyOptions {
  /** Math-Verify's default also reads plain numbers and takes formulas that nothing announces; trl does neither */
  readonly style: 'math-verify' | 'trl'
}

interface Candidate {
  /** lower is looked at first */
  readonly priority: number
  readonly end: number
  readonly text: string
}

/** Bare numbers are looked for in this much of the end of a completion, which keeps the search linear. */
const bareLimit = 16_384
const bareForm =
  /(?:^|[\s=])(?:\*\*)?[$€£¥]?((?<!\d)(?:-?[1-9]\d{0,2}(?:[ ,]\d{3})+(?:\.\d+)?|-?\d+[.,]\d+|\.\d+|-?\d+)(?:\s{0,4}%)?)/g
const arithmeticForm = /(?:^|[\s=])(?:\*\*)?(-?\(?-?\d[\d. +\-*×/^()÷]{0,200})(?:\*\*)?(?=[.,:\s)$]|$)/g

/** Boxes closer than this are read as one list; a little farther when a joining word stands between different ones. */
const touching = 10
const joinable = 70
/** More boxes than this are not looked at: each costs a search for its closing brace. */
const boxLimit = 32

/**
 * The contents of the last box and of those joined to it, read as one comma-separated answer: several different boxes
 * close to each other are a list, which a single gold answer never equals. Undefined when there is no box or the last
 * one stays open.
 */
export function joinedBoxes(text: string): string | undefined {
  let start = text.lastIndexOf('\\boxed{')
  if (start === -1) return undefined
  const close = closingBrace(text, start)
  if (close === -1) return undefined
  const contents = [text.slice(start + 7, close)]
  let boundary = start
  // Boxes that contain the last one are its wrappers, not neighbours.
  start = previousBox(text, boundary)
  for (let seen = 1; start !== -1 && seen < boxLimit; seen++, start = previousBox(text, start)) {
    const end = closingBrace(text, start)
    if (end === -1) break
    if (end > boundary) {
      boundary = start
      continue
    }
    const between = text.slice(end + 1, boundary)
    const content = text.slice(start + 7, end)
    const joined =
      between.length < touching ||
      (between.length < joinable && /and|or|,|;/.test(between) && content !== contents[0])
    if (!joined) break
    contents.unshift(content)
    boundary = start
  }
  return contents.join(',')
}

function previousBox(text: string, before: number): number {
  // Neighbours are near: looking farther back than a long box and the gap cannot join anything.
  const from = Math.max(0, before - 2000)
  const at = text.slice(from, before).lastIndexOf('\\boxed{')
  return at === -1 ? -1 : from + at
}

/** How strongly the words before an answer announce it: 0, 50, 100, 200, or 300 for not at all. */
function announcement(before: string, after: string, bare: boolean): number {
  if (/final answer is:?\s*$/i.test(before) && /^\.?\s?I hope/.test(after)) return 0
  if (/final answer[\s\S]{0,100}?\s+is:?\s*$/i.test(before)) return 50
  const near = before.slice(-57)
  if (/answer:[\s\S]{0,50}$/i.test(near)) return 100
  if (/answer[\s\S]{0,50}$/i.test(near)) return 200
  return bare && /answer[\s\S]{0,100}=\s*$/i.test(before) ? 200 : 300
}

function formulaCandidates(text: string): Candidate[] {
  const candidates: Candidate[] = []
  let previousEnd = 0
  for (const { start, end, content } of latexFormulas(text)) {
    const before = text.slice(Math.max(previousEnd, start - 130), start)
    const inner = content.includes('\\boxed{') ? joinedBoxes(content) : content.replace(/\\boxed /, '')
    previousEnd = end
    if (inner === undefined) continue
    candidates.push({ priority: announcement(before, text.slice(end, end + 10), false), end, text: inner })
  }
  return candidates
}

function bareCandidates(text: string): Candidate[] {
  const offset = Math.max(0, text.length - bareLimit)
  const tail = text.slice(offset)
  const candidates: Candidate[] = []
  for (const [form, needsOperator] of [
    [bareForm, false],
    [arithmeticForm, true],
  ] as const) {
    for (const match of tail.matchAll(form)) {
      const found = match[1]!
      if (needsOperator && !/[+\-*×/^()÷].*[\d)]/.test(found.slice(1))) continue
      const end = match.index + match[0].length
      const before = tail.slice(Math.max(0, match.index - 130), match.index + match[0].length - found.length)
      candidates.push({
        priority: announcement(before, tail.slice(end, end + 10), true),
        end: offset + end,
        text: strip(found),
      })
    }
  }
  return candidates
}

/**
 * The text a completion is judged by: the highest-priority announcement, and inside it the right-most match.
 * Priorities: `final answer is … I hope`, then (trl: together with it) a box, `final answer is`, `answer:`, `answer`,
 * and for Math-Verify any formula or number.
 * Source: Math-Verify `parser.py`; trl `rewards/accuracy_rewards.py`.
 *
 * @example extractMathVerify('Answer: $3/7$', { style: 'trl' }) // '3/7'
 */
export function extractMathVerify(completion: string, { style }: MathVerifyOptions): string | undefined {
  const candidates = formulaCandidates(completion)
  if (style === 'math-verify') candidates.push(...bareCandidates(completion))
  const boxed = joinedBoxes(completion)
  if (boxed !== undefined) {
    const priority = style === 'trl' ? 0 : 50
    candidates.push({ priority, end: completion.lastIndexOf('}') + 1, text: boxed })
  }
  let best: Candidate | undefined
  for (const candidate of candidates) {
    if (style === 'trl' && candidate.priority === 300) continue
    const better =
      best === undefined ||
      candidate.priority < best.priority ||
      (candidate.priority === best.priority && candidate.end > best.end)
    if (better) best = candidate
  }
  return best === undefined || strip(best.text) === '' ? undefined : strip(best.text)
}

/**
 * Math-Verify takes the whole of a `\text{…}` for one word and compares it with how the gold answer prints: words,
 * whole numbers, their fractions and constants can match; decimals, digit groups, equations and formulas cannot.
 */
function mayMatchAsText(answer: string): boolean {
  const content = /^\\text\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}$/.exec(answer)?.[1]
  return content === undefined || /^\s*(?:[A-Za-z ]+|-?\d+(?:\/\d+)?|\\[A-Za-z]+)\s*$/.test(content)
}

function isRight(answer: string | undefined, gold: string, equal: AnswerEqual): boolean {
  return answer !== undefined && mayMatchAsText(answer) && equal(gold, answer) === true
}

/** Whether Math-Verify's extraction from a completion equals the gold answer. */
export function scoreMathVerify(completion: string, gold: string, equal: AnswerEqual): boolean {
  return isRight(extractMathVerify(completion, { style: 'math-verify' }), gold, equal)
}

/** 1 when trl's extraction (LaTeX only, boxes first, the first match only) equals the gold answer, else 0. */
export function scoreTrlAccuracy(completion: string, gold: string, equal: AnswerEqual): 0 | 1 {
  return isRight(extractMathVerify(completion, { style: 'trl' }), gold, equal) ? 1 : 0
}

/** As `scoreTrlAccuracy` on the text after the last `</think>`; 0 when the reasoning was never closed. */
export function scoreTrlReasoningAccuracy(completion: string, gold: string, equal: AnswerEqual): 0 | 1 {
  const end = completion.lastIndexOf('</think>')
  return end === -1 ? 0 : scoreTrlAccuracy(completion.slice(end + 8), gold, equal)
}
