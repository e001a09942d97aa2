/** The dialect `verl/math-reward`: the last box, compared as a normalised MATH string (Hendrycks et al. 2021); 1 or 0. */
import { lastBoxedText, unwrapBoxed } from './boxed.ts'
import { stripString } from './strip-string.ts'

/**
 * The last box with its command, as the trainer cuts it out. Once `\boxed ` (with a space) occurs anywhere, its last
 * occurrence wins and the answer runs to the next `$`; otherwise the last `\boxed`, then `\fbox`, up to its closing
 * brace. Undefined when there is none or it stays open.
 * Source: verl `utils/reward_score/math_reward.py`.
 */
export function extractMathReward(completion: string): string | undefined {
  const spaced = completion.lastIndexOf('\\boxed ')
  if (spaced !== -1) {
    const tail = completion.slice(spaced + 7)
    const dollar = tail.indexOf('$')
    return `\\boxed ${dollar === -1 ? tail : tail.slice(0, dollar)}`
  }
  return lastBoxedText(completion, ['\\boxed', '\\fbox'])
}

/** Whether two answers have the same normal form; raw equality where the normalisation of one fails. */
export function equalMathReward(gold: string, answer: string): boolean {
  const left = stripString(answer)
  const right = stripString(gold)
  return left === undefined || right === undefined ? answer === gold : left === right
}

/**
 * 1 when the last box equals the gold answer, else 0. An `\fbox` is found but cannot be unwrapped, so it scores 0.
 *
 * @example scoreMathReward('so $\\boxed{\\dfrac12}$', '\\frac{1}{2}') // 1
 */
export function scoreMathReward(completion: string, gold: string): 0 | 1 {
  const boxed = extractMathReward(completion)
  if (boxed === undefined) return 0
  let answer: string | undefined
  if (boxed.includes('\\boxed ')) answer = boxed.startsWith('\\boxed ') ? boxed.slice(7) : undefined
  else answer = unwrapBoxed(boxed)
  return answer !== undefined && equalMathReward(gold, answer) ? 1 : 0
}
