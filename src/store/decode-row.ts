/** Runs as both databases select them, and rows and answers as PostgreSQL gives them back. */
import type { Rollout, Text } from '../records/rollout.ts'
import type { RunRecord, ScoredRow, StoredAnswer, StoredRow } from './store.ts'
import { decodeText } from './text-encoding.ts'

/** A row as PostgreSQL selects it. */
export interface RawRow {
  readonly sequence: number
  readonly id: string
  readonly grp: string
  readonly step: number | null
  readonly prompt: string
  readonly prompt_messages: string | null
  readonly completion: string
  readonly completion_messages: string | null
  readonly rest: string
  readonly scores: string
  readonly batch: string
  readonly protocol: string
  readonly spec_digest: string
  readonly received_at: number
  readonly repeats: number
}

function text(plain: string, messages: string | null): Text {
  return messages === null ? decodeText(plain) : (JSON.parse(messages) as Text)
}

/** The scores of a row; `id` and `group` of the rollout stand in where the scores named no others. */
export function decodeScores(scores: string, id: string, group: string): ScoredRow {
  return {
    id: decodeText(id),
    group: decodeText(group),
    ...(JSON.parse(scores) as Omit<ScoredRow, 'id' | 'group'>),
  }
}

export function decodeRow(raw: RawRow): StoredRow {
  const rollout: Rollout = {
    id: decodeText(raw.id),
    group: decodeText(raw.grp),
    prompt: text(raw.prompt, raw.prompt_messages),
    completion: text(raw.completion, raw.completion_messages),
    ...(JSON.parse(raw.rest) as Omit<Rollout, 'id' | 'group' | 'prompt' | 'completion'>),
    ...(raw.step === null ? {} : { step: raw.step }),
  }
  return {
    sequence: raw.sequence,
    batch: decodeText(raw.batch),
    protocol: decodeText(raw.protocol),
    specDigest: decodeText(raw.spec_digest),
    receivedAt: raw.received_at,
    rollout,
    scores: decodeScores(raw.scores, raw.id, raw.grp),
    repeats: raw.repeats,
  }
}

/** The answer of a batch: its head and, in order, its rows' ids, groups and scores. */
export interface RawAnswer {
  readonly id: string
  readonly content_digest: string
  readonly spec_digest: string
  readonly rows: readonly { readonly id: string; readonly grp: string; readonly scores: string }[]
}

export function decodeAnswer(raw: RawAnswer): StoredAnswer {
  return {
    id: decodeText(raw.id),
    contentDigest: decodeText(raw.content_digest),
    specDigest: decodeText(raw.spec_digest),
    rows: raw.rows.map((row) => decodeScores(row.scores, row.id, row.grp)),
  }
}

/** A run as both databases select it. */
export interface RawRun {
  readonly id: string
  readonly reward: string
  readonly spec: string
  readonly spec_digest: string
  readonly held_back: string
  readonly started_at: number
  readonly last_at: number | null
  readonly batches: number
  readonly row_count: number
  readonly last_step: number | null
}

export function decodeRun(raw: RawRun): RunRecord {
  return {
    id: decodeText(raw.id),
    reward: decodeText(raw.reward),
    spec: JSON.parse(raw.spec),
    specDigest: decodeText(raw.spec_digest),
    heldBack: JSON.parse(raw.held_back),
    startedAt: raw.started_at,
    lastAt: raw.last_at,
    batches: raw.batches,
    rows: raw.row_count,
    lastStep: raw.last_step,
  }
}
