/**
 * Reads a judge's tagged score and the maximum it allotted: `<score>7</score><max_score>10</max_score>`.
 * Dividing by the maximum makes judgements comparable to which few principles apply. Source: paper 01 (PPR), section on
 * the principle process reward model; the reading rules are ours.
 */

export interface Judgement {
  readonly score: number
  readonly maximum: number
  /** score / maximum, bounded to [0, 1] */
  readonly ratio: number
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/

/** The number in the last closed pair of a tag; undefined when there is none or it holds something else. */
function lastNumber(text: string, tag: string): number | undefined {
  const close = text.lastIndexOf(`</${tag}>`)
  if (close < 0) return undefined
  const open = text.lastIndexOf(`<${tag}>`, close)
  if (open < 0) return undefined
  const content = text.slice(open + tag.length + 2, close).trim()
  const value = NUMBER.test(content) ? Number(content) : Number.NaN
  return Number.isFinite(value) ? value : undefined
}

/**
 * The share of the allotted score that a judge gave, bounded to [0, 1]; undefined if the maximum is not positive or a
 * number is not finite, because such a judgement says nothing (it is not a 0).
 *
 * @example judgementRatio(7, 10) // 0.7
 */
export function judgementRatio(score: number, maximum: number): number | undefined {
  if (!(maximum > 0) || !Number.isFinite(score) || !Number.isFinite(maximum)) return undefined
  return Math.min(1, Math.max(0, score / maximum))
}

/**
 * The judgement in a judge's text: the last `<score>` and the last `<max_score>`; undefined when a tag is missing, holds
 * no number, or the maximum is not positive.
 *
 * @example parseJudgement('<score>12</score> <max_score>10</max_score>') // { score: 12, maximum: 10, ratio: 1 }
 */
export function parseJudgement(text: string): Judgement | undefined {
  const score = lastNumber(text, 'score')
  const maximum = lastNumber(text, 'max_score')
  if (score === undefined || maximum === undefined) return undefined
  const ratio = judgementRatio(score, maximum)
  return ratio === undefined ? undefined : { score, maximum, ratio }
}
