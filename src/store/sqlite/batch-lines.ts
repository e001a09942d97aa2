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

/** A row's prompt, then its completion: a text, messages as JSON, or null for the same prompt as the row before. */
export type TextEntry = string | { readonly messages: string } | null

export interface EncodedLines {
  /** JSON of the head */
  readonly head: string
  readonly lines: string
  /** two a row */
  readonly texts: readonly TextEntry[]
  /** JSON; null when the batch moved no state */
  readonly state: string | null
}

/** @param batch `rollouts` and `rows` of the same length, in the same order; 0 rows are allowed */
export function encodeLines(batch: BatchRecord): EncodedLines {
  const { rollouts, rows } = batch
  const lines = new Array<string>(2 * rollouts.length)
  const texts = new Array<TextEntry>(2 * rollouts.length)
  let before: Text | undefined
  for (let row = 0; row < rollouts.length; row++) {
    const rollout = rollouts[row]!
    const { prompt, completion } = rollout
    // Fields that are undefined are left out of JSON; copying with them is quicker than copying without.
    lines[2 * row] = JSON.stringify({ ...rollout, prompt: undefined, completion: undefined })
    lines[2 * row + 1] = JSON.stringify(rows[row])
    texts[2 * row] = prompt === before ? null : textEntry(prompt)
    texts[2 * row + 1] = textEntry(completion)
    before = prompt
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
    texts,
    state: batch.state === undefined ? null : JSON.stringify(batch.state),
  }
}

function textEntry(text: Text): TextEntry {
  return typeof text === 'string' ? text : { messages: JSON.stringify(text) }
}

/** What a batch weighs in a transaction: its characters, roughly. */
export function weightOf({ lines, texts }: EncodedLines): number {
  let weight = lines.length
  for (const entry of texts) {
    if (entry !== null) weight += typeof entry === 'string' ? entry.length : entry.messages.length
  }
  return weight
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
