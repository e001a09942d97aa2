/**
 * A batch as the SQLite store keeps it: a head, and two lines of JSON a row (the rollout, then its scores). JSON has no
 * line breaks of its own, escapes NUL and lone surrogates, and turns NaN and infinity into null, so the lines hold
 * every text as it was and no number that is none.
 */
import type { Rollout } from '../../records/rollout.ts'
import type { BatchRecord, ScoredRow, SignalWork, StoredAnswer, StoredRow } from '../store.ts'

/** What is known of a batch besides its rows. */
export interface BatchHead {
  readonly id: string
  readonly run: string
  readonly key: string
  readonly contentDigest: string
  readonly protocol: string
  readonly specDigest: string
  /** the batch's step, or the last that one of its rows names */
  readonly lastStep: number | null
  readonly receivedAt: number
  readonly seconds: number
  readonly rows: number
  readonly work: readonly SignalWork[]
}

export interface EncodedLines {
  /** JSON of the head */
  readonly head: string
  readonly lines: string
  /** JSON; null when the batch moved no state */
  readonly state: string | null
}

/** @param batch `rollouts` and `rows` of the same length, in the same order; 0 rows are allowed */
export function encodeLines(batch: BatchRecord): EncodedLines {
  const { rollouts, rows } = batch
  const lines = new Array<string>(2 * rollouts.length)
  for (let row = 0; row < rollouts.length; row++) {
    lines[2 * row] = JSON.stringify(rollouts[row])
    lines[2 * row + 1] = JSON.stringify(rows[row])
  }
  const head: BatchHead = {
    id: batch.id,
    run: batch.run,
    key: batch.key,
    contentDigest: batch.contentDigest,
    protocol: batch.protocol,
    specDigest: batch.specDigest,
    lastStep: batch.step ?? lastStep(rollouts),
    receivedAt: batch.receivedAt,
    seconds: batch.seconds,
    rows: rollouts.length,
    work: batch.work,
  }
  return {
    head: JSON.stringify(head),
    lines: lines.join('\n'),
    state: batch.state === undefined ? null : JSON.stringify(batch.state),
  }
}

function lastStep(rollouts: readonly Rollout[]): number | null {
  return rollouts.findLast(({ step }) => step !== undefined && Number.isFinite(step))?.step ?? null
}

/** A rollout's line read back; a step that was no number is none. */
export function decodeRollout(line: string): Rollout {
  const rollout = JSON.parse(line) as Rollout
  if (rollout.step !== null) return rollout
  const { step: _, ...others } = rollout
  return others
}

/** A row on its way from the reading thread: its lines are parsed where they are used. */
export interface RowLines {
  readonly sequence: number
  readonly reward: number | null
  readonly batch: string
  readonly protocol: string
  readonly specDigest: string
  readonly receivedAt: number
  readonly repeats: number
  readonly rollout: string
  readonly scores: string
}

export function decodeRowLines({ reward: _, rollout, scores, ...row }: RowLines): StoredRow {
  return { ...row, rollout: decodeRollout(rollout), scores: JSON.parse(scores) as ScoredRow }
}

/** A stored answer before its lines of scores are parsed. */
export interface AnswerLines extends Omit<StoredAnswer, 'rows'> {
  readonly rows: readonly string[]
}

export function decodeAnswerLines({ rows, ...head }: AnswerLines): StoredAnswer {
  return { ...head, rows: rows.map((line) => JSON.parse(line) as ScoredRow) }
}
