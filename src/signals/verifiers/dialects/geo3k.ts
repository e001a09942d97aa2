/** The dialect `verl/geo3k`: 0.9 for the right box and 0.1 for the form `<think>…</think>…\boxed{…}…`. */
import { equalPrm800k, type SymbolicEqual } from './prm800k.ts'
import { strip } from './python-text.ts'

/**
 * The content of the last `\boxed{…}`, trimmed; undefined when there is none or it stays open.
 * Source: verl `utils/reward_score/geo3k.py`.
 */
export function extractGeo3k(completion: string): string | undefined {
  const start = completion.lastIndexOf('\\boxed{')
  if (start === -1) return undefined
  let depth = 0
  for (let index = start + 7; index < completion.length; index++) {
    const code = completion.charCodeAt(index)
    if (code === 123) depth++
    else if (code === 125 && depth-- === 0) return strip(completion.slice(start + 7, index))
  }
  return undefined
}

/** 1 when the whole text is a reasoning block followed, anywhere later, by an opened and closed box; else 0. */
export function geo3kFormat(completion: string): 0 | 1 {
  if (!completion.startsWith('<think>')) return 0
  const reasoning = completion.indexOf('</think>', 7)
  if (reasoning === -1) return 0
  const box = completion.indexOf('\\boxed{', reasoning + 8)
  return box !== -1 && completion.indexOf('}', box + 7) !== -1 ? 1 : 0
}

/**
 * 0.9 · (box equals gold) + 0.1 · format. A completion without a box is graded as the answer `None`, as in the original.
 *
 * @example scoreGeo3k('<think>…</think>so \\boxed{3}', '3') // 1
 */
export function scoreGeo3k(completion: string, gold: string, symbolicEqual?: SymbolicEqual): number {
  const right = equalPrm800k(gold, extractGeo3k(completion) ?? 'None', symbolicEqual) ? 1 : 0
  return 0.9 * right + 0.1 * geo3kFormat(completion)
}
