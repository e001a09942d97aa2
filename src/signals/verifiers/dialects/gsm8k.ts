/**
 * The dialect `verl/gsm8k`: a number after `####` (strict) or the last number anywhere (flexible) of the completion's
 * tail, compared as a string; 1 or 0.
 */
import { lastCharacters } from './python-text.ts'

export type Gsm8kMethod = 'strict' | 'flexible'

/**
 * The answer of a completion; only the last 300 characters count. Strict removes digit-group commas, flexible keeps
 * them, as the trainer does; a flexible search that finds only dots answers with a dot.
 * Source: verl `utils/reward_score/gsm8k.py`.
 *
 * @example extractGsm8k('… #### 1,234', 'strict') // '1234'
 */
export function extractGsm8k(completion: string, method: Gsm8kMethod): string | undefined {
  const tail = lastCharacters(completion, 300)
  if (method === 'strict') {
    let last: string | undefined
    for (const match of tail.matchAll(/#### (-?[0-9.,]+)/g)) last = match[1]
    return last?.replaceAll(',', '')
  }
  const found = tail.match(/-?[0-9.,]+/g)
  if (found === null) return undefined
  return found.findLast((text) => text !== '.') ?? found[0]
}

/** 1 when the extracted answer is the gold string, else 0. */
export function scoreGsm8k(completion: string, gold: string, method: Gsm8kMethod = 'strict'): 0 | 1 {
  return extractGsm8k(completion, method) === gold ? 1 : 0
}
