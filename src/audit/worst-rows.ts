/** The rows that show a finding best. */

/**
 * The rows with the highest score, clearest first; rows whose score is not finite are never taken.
 *
 * @example worstRows(3, (row) => [1, 3, 2][row], 2) // [1, 2]
 */
export function worstRows(size: number, score: (row: number) => number, most = 20): number[] {
  const best: number[] = []
  const scores: number[] = []
  for (let row = 0; row < size; row++) {
    const value = score(row)
    if (!Number.isFinite(value) || (best.length === most && value <= scores[most - 1]!)) continue
    let at = best.length
    while (at > 0 && scores[at - 1]! < value) at--
    best.splice(at, 0, row)
    scores.splice(at, 0, value)
    if (best.length > most) {
      best.pop()
      scores.pop()
    }
  }
  return best
}
