/**
 * A batch as PostgreSQL takes it: parallel lists of plain values, made once on the way into the store. What is
 * looked for or sorted by has its own list; the rest of a row is JSON.
 */
import { hash } from 'node:crypto'
import { completionText, type Text } from '../records/rollout.ts'
import { NumberTable } from './number-table.ts'
import { plainText } from './plain-text.ts'
import type { BatchRecord } from './store.ts'
import { encodeText } from './text-encoding.ts'

/** A text and, when it came as chat messages, those as JSON; the text is what searches look at. */
export interface EncodedTexts {
  readonly texts: string[]
  readonly messages: (string | null)[]
}

export interface EncodedBatch {
  readonly id: string
  readonly run: string
  readonly key: string
  readonly contentDigest: string
  readonly protocol: string
  readonly specDigest: string
  readonly step: number | null
  readonly receivedAt: number
  readonly seconds: number
  readonly work: string
  /** JSON; null when the batch moved no state */
  readonly state: string | null
  /** each distinct prompt once */
  readonly prompts: EncodedTexts
  /** row → place in `prompts` */
  readonly promptOf: number[]
  readonly completions: EncodedTexts
  readonly ids: string[]
  readonly groups: string[]
  readonly steps: (number | null)[]
  readonly rewards: (number | null)[]
  /** JSON of what the rollout says besides id, group, prompt, completion and step */
  readonly rests: string[]
  /** JSON of the scores */
  readonly scores: string[]
  /** names of the numbers, `numbers[name * rows + row]`; NaN = invalid or absent */
  readonly names: string[]
  readonly numbers: number[]
  /** characters of texts, roughly what the batch weighs in a transaction */
  readonly weight: number
}

function encodeInto(list: EncodedTexts, text: Text): void {
  list.texts.push(encodeText(plainText(text)))
  list.messages.push(typeof text === 'string' ? null : JSON.stringify(text))
}

function finite(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null
}

/**
 * Turns a batch into lists. Numbers that are not finite become null: a store never holds NaN or infinity.
 *
 * @param batch `rollouts` and `rows` of the same length, in the same order; 0 rows are allowed
 */
export function encodeBatch(batch: BatchRecord): EncodedBatch {
  const { rollouts, rows } = batch
  const size = rollouts.length
  const prompts: EncodedTexts = { texts: [], messages: [] }
  const completions: EncodedTexts = { texts: [], messages: [] }
  const promptPlaces = new Map<string, number>()
  const promptOf: number[] = []
  const ids: string[] = []
  const groups: string[] = []
  const steps: (number | null)[] = []
  const rewards: (number | null)[] = []
  const rests: string[] = []
  const scores: string[] = []
  const table = new NumberTable(size)
  let weight = 0
  for (let row = 0; row < size; row++) {
    const { id, group, prompt, completion, step, ...rest } = rollouts[row]!
    const scored = rows[row]!
    const promptKey = typeof prompt === 'string' ? `t${prompt}` : `m${JSON.stringify(prompt)}`
    let place = promptPlaces.get(promptKey)
    if (place === undefined) {
      place = prompts.texts.length
      promptPlaces.set(promptKey, place)
      encodeInto(prompts, prompt)
      weight += promptKey.length
    }
    promptOf.push(place)
    encodeInto(completions, completion)
    ids.push(encodeText(id))
    groups.push(encodeText(group))
    steps.push(step === undefined ? null : finite(step))
    rewards.push(finite(scored.reward))
    rests.push(JSON.stringify(rest))
    // The row's own id and group say it already; they are repeated only where the scores differ from them.
    const scoredId = scored.id === id ? undefined : scored.id
    const scoredGroup = scored.group === group ? undefined : scored.group
    scores.push(JSON.stringify({ ...scored, id: scoredId, group: scoredGroup }))
    table.gather(row, rollouts[row]!, scored, () => completionText(completion).length)
    weight += completions.texts[row]!.length + rests[row]!.length + scores[row]!.length
  }
  return {
    id: encodeText(batch.id),
    run: encodeText(batch.run),
    key: encodeText(batch.key),
    contentDigest: encodeText(batch.contentDigest),
    protocol: encodeText(batch.protocol),
    specDigest: encodeText(batch.specDigest),
    step: finite(batch.step),
    receivedAt: batch.receivedAt,
    seconds: batch.seconds,
    work: JSON.stringify(batch.work),
    state: batch.state === undefined ? null : JSON.stringify(batch.state),
    prompts,
    promptOf,
    completions,
    ids,
    groups,
    steps,
    rewards,
    rests,
    scores,
    names: table.names,
    numbers: table.values,
    weight,
  }
}

/** What stands for a prompt: equal prompts of all runs are stored once. 128 bits of SHA-256, hexadecimal. */
export function promptDigest({ texts, messages }: EncodedTexts, index: number): string {
  const stored = messages[index]
  return hash('sha256', stored === null ? `t${texts[index]}` : `m${stored}`, 'hex').slice(0, 32)
}

/** The batch's step, or the last that one of its rows names. */
export function lastStepOf(batch: EncodedBatch): number | null {
  return batch.step ?? batch.steps.findLast((step) => step !== null) ?? null
}
