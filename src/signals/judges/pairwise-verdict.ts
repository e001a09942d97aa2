/**
 * Reads which of two candidates a pairwise judge prefers, in the three answer forms of the published judges.
 * Source: paper 05 (Pref-GRPO), fastvideo/rewards/unifiedreward_{think,edit_pairwise,flex}.py.
 */

/** 1 = the first candidate, 2 = the second, null = a tie or nothing that can be read. */
export type Verdict = 1 | 2 | null

export type Medium = 'Image' | 'Video'

/**
 * Verdict of a judge that thinks and then answers: the text between the first `<answer>` and the next `</answer>`
 * contains `Image 1 is better` or `Image 2 is better`, in this case. Without the tags there is no verdict.
 *
 * @example readThinkVerdict('<think>…</think><answer>Image 2 is better</answer>') // 2
 */
export function readThinkVerdict(text: string, medium: Medium = 'Image'): Verdict {
  const conclusion = between(text, '<answer>', '</answer>')
  return conclusion === undefined ? null : labelIn(conclusion, medium)
}

/**
 * Verdict of a judge of edits: the same labels in any case, looked for in the tagged conclusion (the whole text when
 * there is none), then in the whole text.
 *
 * @example readEditVerdict('<answer>tie</answer> but image 1 is better') // 1
 */
export function readEditVerdict(text: string, medium: Medium = 'Image'): Verdict {
  const lower = text.toLowerCase()
  const label = medium.toLowerCase()
  const conclusion = between(lower, '<answer>', '</answer>') ?? lower
  return labelIn(conclusion, label) ?? labelIn(lower, label)
}

function between(text: string, open: string, close: string): string | undefined {
  const start = text.indexOf(open)
  if (start < 0) return undefined
  const end = text.indexOf(close, start + open.length)
  return end < 0 ? undefined : text.slice(start + open.length, end)
}

function labelIn(text: string, medium: string): Verdict {
  if (text.includes(`${medium} 1 is better`)) return 1
  return text.includes(`${medium} 2 is better`) ? 2 : null
}

const FIRST = /(?<![\p{L}\p{N}_])(?:video|image)\s*1(?![\p{L}\p{N}_])/u
const SECOND = /(?<![\p{L}\p{N}_])(?:video|image)\s*2(?![\p{L}\p{N}_])/u

/**
 * The candidate that a winner field names: image or video 1 and not 2, or 2 and not 1; null otherwise.
 *
 * @example readWinner('IMAGE 1 over image 2') // null
 */
export function readWinner(text: string): Verdict {
  const lower = text.toLowerCase()
  const first = FIRST.test(lower)
  if (first === SECOND.test(lower)) return null
  return first ? 1 : 2
}

export interface FlexJudgement {
  readonly winner: Verdict
  /** up to three categories that the judge chose, with the winner of each */
  readonly categories: readonly { readonly name: string; readonly winner: Verdict }[]
}

function parseObject(text: string): Record<string, unknown> | undefined {
  const candidates = [text, text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1)]
  for (const candidate of candidates) {
    try {
      const value: unknown = JSON.parse(candidate)
      return value !== null && typeof value === 'object' && !Array.isArray(value)
        ? (value as Record<string, unknown>)
        : undefined
    } catch {
      // Judges wrap their JSON in prose: the second candidate is the part in braces.
    }
  }
  return undefined
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value)
}

/**
 * Judgement in JSON: `{"winner": "Image 1", "categories": [{"name": "Alignment", "cat_winner": "Image 2"}]}`, alone or
 * inside prose; undefined when it cannot be read or is empty.
 *
 * @example readFlexJudgement('{"winner": "video 2", "categories": []}') // { winner: 2, categories: [] }
 */
export function readFlexJudgement(text: string): FlexJudgement | undefined {
  const parsed = parseObject(text)
  if (parsed === undefined || Object.keys(parsed).length === 0) return undefined
  const listed = Array.isArray(parsed.categories) ? parsed.categories.slice(0, 3) : []
  const categories = listed.flatMap((entry: unknown) => {
    if (entry === null || typeof entry !== 'object') return []
    const { name, cat_winner: winner } = entry as Record<string, unknown>
    return [{ name: textOf(name).trim() || 'category', winner: readWinner(textOf(winner)) }]
  })
  return { winner: readWinner(textOf(parsed.winner)), categories }
}
