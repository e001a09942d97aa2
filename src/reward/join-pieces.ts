/** Joins the results of a signal's calls: each call saw some rows of the batch, in any order. */
import type { SignalResult } from '../kinds/signal.ts'
import { type Column, createColumn, createRaggedColumn, offsetsOf } from '../records/column.ts'

/** What one call gave. */
export interface Piece {
  /** the rows it saw; undefined for consecutive rows from `start` */
  readonly rows: Int32Array | undefined
  readonly start: number
  readonly result: SignalResult
}

/** One result for `size` rollouts from the results of calls that together saw each row once. */
export function joinPieces(parts: readonly string[], size: number, pieces: readonly Piece[]): SignalResult {
  if (pieces.length === 1 && pieces[0]!.rows === undefined) return pieces[0]!.result
  const column = joinColumns(
    size,
    pieces,
    pieces.map(({ result }) => result.column),
  )
  const joinedParts = Object.fromEntries(
    parts.map((part) => [
      part,
      joinColumns(
        size,
        pieces,
        pieces.map(({ result }) => result.parts![part]!),
      ),
    ]),
  )
  const verdicts = new Map(pieces.flatMap(({ result }) => [...(result.verdicts ?? [])]))
  return { column, parts: joinedParts, ...(verdicts.size === 0 ? {} : { verdicts }) }
}

/** Puts the columns of pieces where their rows stand in the batch. */
function joinColumns(size: number, pieces: readonly Piece[], columns: readonly Column[]): Column {
  const raggedGrain = columns.find(({ offsets }) => offsets !== undefined)?.grain as
    | 'step'
    | 'token'
    | undefined
  const counts = new Int32Array(size)
  if (raggedGrain !== undefined) {
    for (const [index, { rows, start }] of pieces.entries()) {
      const { offsets } = columns[index]!
      for (let row = 0; row + 1 < offsets!.length; row++)
        counts[rows?.[row] ?? start + row] = offsets![row + 1]! - offsets![row]!
    }
  }
  const joined =
    raggedGrain === undefined ? createColumn(size) : createRaggedColumn(raggedGrain, offsetsOf(counts))
  for (const [index, { rows, start }] of pieces.entries()) {
    const piece = columns[index]!
    const rollouts = piece.offsets === undefined ? piece.values.length : piece.offsets.length - 1
    for (let row = 0; row < rollouts; row++) {
      const target = rows?.[row] ?? start + row
      const from = piece.offsets?.[row] ?? row
      const to = piece.offsets?.[row + 1] ?? row + 1
      let entry = joined.offsets?.[target] ?? target
      for (let source = from; source < to; source++, entry++) {
        joined.values[entry] = piece.values[source]!
        joined.valid[entry] = piece.valid[source]!
        const reason = piece.reasons?.[source]
        if (reason !== undefined) {
          joined.reasons ??= []
          joined.reasons[entry] = reason
        }
      }
      if (piece.evidence?.[row] !== undefined) {
        joined.evidence ??= []
        joined.evidence[target] = piece.evidence[row]
      }
    }
  }
  return joined
}
