/**
 * A batch as the SQLite store takes it: a head, two lines of JSON a row (the rollout without its texts, then the scores)
 * and the texts as they are. JSON has no line breaks of its own, escapes NUL and lone surrogates, and turns NaN and
 * infinity into null, so the lines hold no number that is none. All of it is made for little work on the calling
 * thread and a cheap message: a few strings, whatever the number of columns.
 */
import type { Message, Rollout, Text } from '../../records/rollout.ts'
import type { BatchRecord, ScoredRow, SignalWork, StoredAnswer, StoredRow } from '../store.ts'
import { decodeText } from '../text-encoding.ts'

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

/** A text, messages as JSON, or null for the prompt that the row before has too. */
export type TextPart = string | { readonly messages: string } | null

/**
 * One part of batches that lie one behind the other in a flat list, which is a cheaper message than objects: a head (JSON),
 * the state (JSON; null when the batch moved none), the lines, and two texts a row, its prompt and its completion.
 */
export type BatchPart = TextPart

/** Parts of a batch in front of its texts: head, state, lines. */
export const PARTS_BEFORE_TEXTS = 3

/**
 * Adds a batch to a list of parts; returns what it weighs in a transaction, roughly its characters.
 *
 * @param batch `rollouts` and `rows` of the same length, in the same order; 0 rows are allowed
 */
export function encodeLines(parts: BatchPart[], batch: BatchRecord): number {
  const { rollouts, rows } = batch
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
  const lines = new Array<string>(2 * rollouts.length)
  for (let row = 0; row < rollouts.length; row++) {
    // Fields that are undefined are left out of JSON; copying with them is quicker than copying without.
    lines[2 * row] = JSON.stringify({ ...rollouts[row]!, prompt: undefined, completion: undefined })
    lines[2 * row + 1] = JSON.stringify(rows[row])
  }
  const joined = lines.join('\n')
  parts.push(JSON.stringify(head), batch.state === undefined ? null : JSON.stringify(batch.state), joined)
  let weight = joined.length
  let before: Text | undefined
  for (const { prompt, completion } of rollouts) {
    weight += pushText(parts, prompt === before ? null : prompt) + pushText(parts, completion)
    before = prompt
  }
  return weight
}

function pushText(parts: BatchPart[], text: Text | null): number {
  if (text === null || typeof text === 'string') {
    parts.push(text)
    return text === null ? 0 : text.length
  }
  const messages = JSON.stringify(text)
  parts.push({ messages })
  return messages.length
}

function lastStep(rollouts: readonly Rollout[]): number | null {
  return rollouts.findLast(({ step }) => step !== undefined && Number.isFinite(step))?.step ?? null
}

/** A text as it lies in the store; `messages` is JSON, `text` is as `encodeText` wrote it. */
export type StoredText = { readonly text: string } | { readonly messages: string }

export function decodeStoredText(stored: StoredText): Text {
  return 'text' in stored ? decodeText(stored.text) : (JSON.parse(stored.messages) as readonly Message[])
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
  /** the rollout without its texts */
  readonly rollout: string
  readonly prompt: StoredText
  readonly completion: StoredText
  readonly scores: string
}

export function decodeRowLines({
  reward: _,
  rollout,
  prompt,
  completion,
  scores,
  ...row
}: RowLines): StoredRow {
  const { id, group, step, ...rest } = JSON.parse(rollout) as Omit<Rollout, 'prompt' | 'completion'>
  return {
    ...row,
    rollout: {
      id,
      group,
      prompt: decodeStoredText(prompt),
      completion: decodeStoredText(completion),
      ...rest,
      // A step that was no number is none.
      ...(typeof step === 'number' ? { step } : {}),
    },
    scores: JSON.parse(scores) as ScoredRow,
  }
}

/** A stored answer before its lines of scores are parsed. */
export interface AnswerLines extends Omit<StoredAnswer, 'rows'> {
  readonly rows: readonly string[]
}

export function decodeAnswerLines({ rows, ...head }: AnswerLines): StoredAnswer {
  return { ...head, rows: rows.map((line) => JSON.parse(line) as ScoredRow) }
}
