/**
 * Stores batches in one transaction. Runs are locked first, in the order of their ids, then prompts in the order of
 * their digests: servers that write at the same time wait for one another and never in a circle. While a run is
 * locked nobody else can take its keys or its sequences.
 */
import type { EncodedBatch } from '../encode-batch.ts'
import { lastStepOf, promptDigest } from '../encode-batch.ts'
import { bytesOf, numberBlocks, type PlacedBatch } from '../number-block.ts'
import type { Transaction } from './connect.ts'

/** Of one batch: it was stored, its key was known, or its run is not. */
export type Appended = 'stored' | 'known' | 'unknown-run'

interface OpenRun {
  readonly number: number
  readonly first: number
  next: number
  readonly placed: PlacedBatch[]
}

const keyOf = (run: number, key: string): string => `${run} ${key}`

/** What becomes of each entry's batches; an entry that names an unknown run is left out as a whole. */
export async function appendAll(
  transaction: Transaction,
  entries: readonly (readonly EncodedBatch[])[],
): Promise<Appended[][]> {
  const runs = await lockRuns(transaction, entries.flat())
  const accepted = entries.filter((batches) => batches.every(({ run }) => runs.has(run)))
  const taken = await knownKeys(transaction, accepted.flat(), runs)
  const outcomes = entries.map((batches): Appended[] => {
    if (!batches.every(({ run }) => runs.has(run))) return batches.map(() => 'unknown-run')
    return batches.map((batch) => {
      const run = runs.get(batch.run)!
      const key = keyOf(run.number, batch.key)
      if (taken.has(key)) return 'known'
      taken.add(key)
      run.placed.push({ batch, first: run.next })
      run.next += batch.ids.length
      return 'stored'
    })
  })
  const written = [...runs.values()].filter(({ placed }) => placed.length > 0)
  if (written.length > 0) await insert(transaction, written)
  return outcomes
}

async function lockRuns(
  transaction: Transaction,
  batches: readonly EncodedBatch[],
): Promise<Map<string, OpenRun>> {
  const ids = [...new Set(batches.map(({ run }) => run))]
  const found = await transaction`
    SELECT number, id, next_sequence FROM guerdon_runs WHERE id = ANY(${ids}::text[]) ORDER BY id FOR UPDATE`
  return new Map(
    found.map(({ number, id, next_sequence }) => [
      id as string,
      { number, first: next_sequence, next: next_sequence, placed: [] },
    ]),
  )
}

async function knownKeys(
  transaction: Transaction,
  batches: readonly EncodedBatch[],
  runs: ReadonlyMap<string, OpenRun>,
): Promise<Set<string>> {
  const numbers = batches.map(({ run }) => runs.get(run)!.number)
  const keys = batches.map(({ key }) => key)
  const found = await transaction`
    SELECT b.run, b.key FROM unnest(${numbers}::bigint[], ${keys}::text[]) AS asked (run, key)
    JOIN guerdon_batches b ON b.run = asked.run AND b.key = asked.key`
  return new Set(found.map(({ run, key }) => keyOf(run, key)))
}

async function insert(transaction: Transaction, runs: readonly OpenRun[]): Promise<void> {
  const placed = runs.flatMap((run) => run.placed.map((entry) => ({ ...entry, run: run.number })))
  const promptNumbers = await insertPrompts(transaction, placed)
  const batchNumbers = await insertBatches(transaction, placed)
  await Promise.all([
    insertRows(transaction, placed, batchNumbers, promptNumbers),
    insertContents(transaction, placed),
    ...runs.flatMap((run) => insertBlocks(transaction, run)),
    ...runs.map((run) => updateRun(transaction, run)),
  ])
}

type Placed = PlacedBatch & { readonly run: number }

async function insertPrompts(
  transaction: Transaction,
  placed: readonly Placed[],
): Promise<Map<string, number>> {
  const prompts = new Map<string, { text: string; messages: string | null; uses: number }>()
  for (const { batch } of placed) {
    const digests = batch.prompts.texts.map((_, index) => promptDigest(batch.prompts, index))
    for (const index of batch.promptOf) {
      const digest = digests[index]!
      const { texts, messages } = batch.prompts
      const prompt = prompts.get(digest) ?? { text: texts[index]!, messages: messages[index]!, uses: 0 }
      prompt.uses++
      prompts.set(digest, prompt)
    }
  }
  if (prompts.size === 0) return new Map()
  const sorted = [...prompts].sort(([a], [b]) => (a < b ? -1 : 1))
  const inserted = await transaction`
    INSERT INTO guerdon_prompts (digest, uses, text, messages)
    SELECT * FROM unnest(
      ${sorted.map(([digest]) => digest)}::text[],
      ${sorted.map(([, { uses }]) => uses)}::bigint[],
      ${sorted.map(([, { text }]) => text)}::text[],
      ${sorted.map(([, { messages }]) => messages)}::text[])
    ON CONFLICT (digest) DO UPDATE SET uses = guerdon_prompts.uses + excluded.uses
    RETURNING number, digest`
  return new Map(inserted.map(({ number, digest }) => [digest, number]))
}

async function insertBatches(
  transaction: Transaction,
  placed: readonly Placed[],
): Promise<Map<string, number>> {
  const list = <Value>(value: (batch: EncodedBatch) => Value): Value[] =>
    placed.map(({ batch }) => value(batch))
  const inserted = await transaction`
    INSERT INTO guerdon_batches (run, id, key, content_digest, protocol, spec_digest, step, received_at, seconds, work,
      first_sequence, row_count)
    SELECT * FROM unnest(
      ${placed.map(({ run }) => run)}::bigint[],
      ${list(({ id }) => id)}::text[],
      ${list(({ key }) => key)}::text[],
      ${list(({ contentDigest }) => contentDigest)}::text[],
      ${list(({ protocol }) => protocol)}::text[],
      ${list(({ specDigest }) => specDigest)}::text[],
      ${list(({ step }) => step)}::float8[],
      ${list(({ receivedAt }) => receivedAt)}::float8[],
      ${list(({ seconds }) => seconds)}::float8[],
      ${list(({ work }) => work)}::text[],
      ${placed.map(({ first }) => first)}::bigint[],
      ${list(({ ids }) => ids.length)}::bigint[])
    ON CONFLICT (run, key) DO NOTHING
    RETURNING run, key, number`
  if (inserted.length !== placed.length) throw new Error('another program wrote into a locked run')
  return new Map(inserted.map(({ run, key, number }) => [keyOf(run, key), number]))
}

async function insertRows(
  transaction: Transaction,
  placed: readonly Placed[],
  batchNumbers: ReadonlyMap<string, number>,
  promptNumbers: ReadonlyMap<string, number>,
): Promise<void> {
  const batches: number[] = []
  const prompts: number[] = []
  for (const { batch, run } of placed) {
    const number = batchNumbers.get(keyOf(run, batch.key))!
    const numbers = batch.prompts.texts.map(
      (_, index) => promptNumbers.get(promptDigest(batch.prompts, index))!,
    )
    for (const prompt of batch.promptOf) {
      batches.push(number)
      prompts.push(numbers[prompt]!)
    }
  }
  if (batches.length === 0) return
  await transaction`
    INSERT INTO guerdon_rows (run, sequence, batch, prompt, id, grp, step, reward)
    SELECT * FROM unnest(
      ${runsOf(placed)}::bigint[],
      ${sequencesOf(placed)}::bigint[],
      ${batches}::bigint[],
      ${prompts}::bigint[],
      ${placed.flatMap(({ batch }) => batch.ids)}::text[],
      ${placed.flatMap(({ batch }) => batch.groups)}::text[],
      ${placed.flatMap(({ batch }) => batch.steps)}::float8[],
      ${placed.flatMap(({ batch }) => batch.rewards)}::float8[])`
}

const runsOf = (placed: readonly Placed[]): number[] =>
  placed.flatMap(({ batch, run }) => batch.ids.map(() => run))
const sequencesOf = (placed: readonly Placed[]): number[] =>
  placed.flatMap(({ batch, first }) => batch.ids.map((_, row) => first + row))

async function insertContents(transaction: Transaction, placed: readonly Placed[]): Promise<void> {
  const sequences = sequencesOf(placed)
  if (sequences.length === 0) return
  await transaction`
    INSERT INTO guerdon_contents (run, sequence, completion, completion_messages, rest, scores)
    SELECT * FROM unnest(
      ${runsOf(placed)}::bigint[],
      ${sequences}::bigint[],
      ${placed.flatMap(({ batch }) => batch.completions.texts)}::text[],
      ${placed.flatMap(({ batch }) => batch.completions.messages)}::text[],
      ${placed.flatMap(({ batch }) => batch.rests)}::text[],
      ${placed.flatMap(({ batch }) => batch.scores)}::text[])`
}

function insertBlocks(transaction: Transaction, { number, placed }: OpenRun): Promise<unknown>[] {
  return numberBlocks(placed).map(
    ({ rows, names, groups, values }) => transaction`
      INSERT INTO guerdon_blocks (run, sequence, last_sequence, names, groups, numbers)
      VALUES (${number}, ${values[0]!}, ${values[rows - 1]!}, ${JSON.stringify(names)}, ${JSON.stringify(groups)},
        ${Buffer.from(bytesOf(values))})`,
  )
}

async function updateRun(transaction: Transaction, { number, first, next, placed }: OpenRun): Promise<void> {
  const batches = placed.map(({ batch }) => batch)
  const lastAt = Math.max(...batches.map(({ receivedAt }) => receivedAt))
  const lastStep = batches.map(lastStepOf).findLast((step) => step !== null) ?? null
  const state = batches.findLast((batch) => batch.state !== null)?.state ?? null
  await transaction`
    UPDATE guerdon_runs SET next_sequence = ${next}, batches = batches + ${batches.length},
      row_count = row_count + ${next - first}, last_at = greatest(last_at, ${lastAt}),
      last_step = coalesce(${lastStep}, last_step), state = coalesce(${state}, state)
    WHERE number = ${number}`
}
