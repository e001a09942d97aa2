/** Which batches go in one piece of pruning. */

/** What a piece removes at most, give or take one batch. */
export const PIECE_ROWS = 2000
export const PIECE_BATCHES = 500

export interface PrunePiece {
  readonly rows: number
  /** whether there may be more to forget */
  readonly more: boolean
}

export interface OldBatch {
  readonly number: number
  readonly run: number
  readonly first_sequence: number
  readonly row_count: number
}

/** The first batches that make up a piece. */
export function withinPiece<Batch extends OldBatch>(batches: readonly Batch[]): Batch[] {
  let rows = 0
  return batches.filter((batch) => {
    const fits = rows < PIECE_ROWS
    rows += batch.row_count
    return fits
  })
}

/** The first batches that hold `excess` rows together: only as many as must go. */
export function excessBatches<Batch extends OldBatch>(batches: readonly Batch[], excess: number): Batch[] {
  let left = excess
  return batches.filter((batch) => {
    const mustGo = left > 0
    left -= batch.row_count
    return mustGo
  })
}
