/** Pairs that say exactly the same, and pairs with a side missing. */

export interface ConversationPair {
  /** the turns before the reply, each as role and content */
  readonly history: readonly (readonly [role: string, content: string])[]
  readonly chosen: string | null
  readonly rejected: string | null
}

/**
 * Positions of the first pair of every (history, chosen, rejected), compared character by character; pairs whose chosen
 * or rejected is null are left out, empty strings are not. Exchanged sides are another pair.
 * Source: paper 35, cleaning.
 *
 * @example exactDeduplication([{ history: [], chosen: 'a', rejected: 'b' }, { history: [], chosen: 'a', rejected: 'b' }])
 *   // Int32Array [0]
 */
export function exactDeduplication(pairs: readonly ConversationPair[]): Int32Array {
  const seen = new Set<string>()
  const kept: number[] = []
  for (const [index, { history, chosen, rejected }] of pairs.entries()) {
    if (chosen === null || rejected === null) continue
    const key = JSON.stringify([history, chosen, rejected])
    if (seen.has(key)) continue
    seen.add(key)
    kept.push(index)
  }
  return Int32Array.from(kept)
}
