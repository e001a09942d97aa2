/** One call of `guerdon_append` for the batches of many requests. */
import { type EncodedBatch, lastStepOf, promptDigest } from '../encode-batch.ts'
import { bytesOf, numberBlocks, type PlacedBatch } from '../number-block.ts'
import type { Sql } from './connect.ts'

/** Of one batch: it was stored, its key was known, its run is not, or it came with one whose run is not. */
export type Appended = 'stored' | 'known' | 'unknown-run' | 'left-out'

interface OpenRun {
  readonly position: number
  rows: number
  state: string | null
  lastStep: number | null
  lastAt: number
  readonly placed: PlacedBatch[]
}

/** Distinct for distinct pairs: a run's id has no line break inside JSON. */
const keyOf = ({ run, key }: EncodedBatch): string => `${JSON.stringify(run)}\n${key}`

/**
 * Stores entries of batches. The server is asked with everything that seems new; when it answers that a run is
 * unknown or that somebody stored a key before, nothing was stored, and it is asked again without those.
 */
export async function appendAll(
  sql: Sql,
  entries: readonly (readonly EncodedBatch[])[],
): Promise<Appended[][]> {
  const unknownRuns = new Set<string>()
  const knownKeys = new Set<string>()
  for (;;) {
    const taken = new Set<string>()
    const fresh: EncodedBatch[] = []
    const outcomes = entries.map((batches): Appended[] => {
      if (batches.some(({ run }) => unknownRuns.has(run))) {
        return batches.map(({ run }) => (unknownRuns.has(run) ? 'unknown-run' : 'left-out'))
      }
      return batches.map((batch) => {
        const key = keyOf(batch)
        if (knownKeys.has(key) || taken.has(key)) return 'known'
        taken.add(key)
        fresh.push(batch)
        return 'stored'
      })
    })
    if (fresh.length === 0) return outcomes
    const refused = await call(sql, fresh)
    if (refused.unknownRuns.length + refused.known.length === 0) return outcomes
    for (const run of refused.unknownRuns) unknownRuns.add(run)
    for (const batch of refused.known) knownKeys.add(keyOf(batch))
  }
}

async function call(
  sql: Sql,
  batches: readonly EncodedBatch[],
): Promise<{ unknownRuns: string[]; known: EncodedBatch[] }> {
  const runs = new Map<string, OpenRun>()
  const offsets: number[] = []
  for (const batch of batches) {
    const run: OpenRun = runs.get(batch.run) ?? {
      position: runs.size + 1,
      rows: 0,
      state: null,
      lastStep: null,
      lastAt: 0,
      placed: [],
    }
    runs.set(batch.run, run)
    offsets.push(run.rows)
    run.placed.push({ batch, first: run.rows })
    run.rows += batch.ids.length
    run.state = batch.state ?? run.state
    run.lastStep = lastStepOf(batch) ?? run.lastStep
    run.lastAt = Math.max(run.lastAt, batch.receivedAt)
  }
  const refused = await send(sql, batches, offsets, runs)
  const names = [...runs.keys()]
  const positions = (outcome: string): number[] =>
    refused.filter((row) => row.outcome === outcome).map((row) => (row.at_position as number) - 1)
  return {
    unknownRuns: positions('unknown-run').map((position) => names[position]!),
    known: positions('known').map((position) => batches[position]!),
  }
}

interface PromptUse {
  readonly position: number
  readonly text: string
  readonly messages: string | null
  uses: number
}

function send(
  sql: Sql,
  batches: readonly EncodedBatch[],
  offsets: readonly number[],
  runs: ReadonlyMap<string, OpenRun>,
) {
  const prompts = new Map<string, PromptUse>()
  const rowBatch: number[] = []
  const rowOffset: number[] = []
  const rowPrompt: number[] = []
  batches.forEach((batch, index) => {
    const { texts, messages } = batch.prompts
    const digests = texts.map((_, prompt) => promptDigest(batch.prompts, prompt))
    batch.promptOf.forEach((prompt, row) => {
      const digest = digests[prompt]!
      const use: PromptUse = prompts.get(digest) ?? {
        position: prompts.size + 1,
        text: texts[prompt]!,
        messages: messages[prompt]!,
        uses: 0,
      }
      use.uses++
      prompts.set(digest, use)
      rowBatch.push(index + 1)
      rowOffset.push(offsets[index]! + row)
      rowPrompt.push(use.position)
    })
  })
  const blocks = [...runs.values()].flatMap(({ position, placed }) =>
    numberBlocks(placed).map((block) => ({ run: position, ...block })),
  )
  const run = [...runs.values()]
  const prompt = [...prompts.values()]
  const batch = <Value>(value: (batch: EncodedBatch) => Value): Value[] => batches.map(value)
  const row = <Value>(values: (batch: EncodedBatch) => readonly Value[]): Value[] => batches.flatMap(values)
  return sql`SELECT outcome, at_position FROM guerdon_append(
    ${[...runs.keys()]}::text[], ${run.map(({ placed }) => placed.length)}::bigint[],
    ${run.map(({ rows }) => rows)}::bigint[], ${run.map(({ lastAt }) => lastAt)}::float8[],
    ${run.map(({ lastStep }) => lastStep)}::float8[], ${run.map(({ state }) => state)}::text[],
    ${batch((one) => runs.get(one.run)!.position)}::int[], ${batch(({ id }) => id)}::text[],
    ${batch(({ key }) => key)}::text[], ${batch(({ contentDigest }) => contentDigest)}::text[],
    ${batch(({ protocol }) => protocol)}::text[], ${batch(({ specDigest }) => specDigest)}::text[],
    ${batch(({ step }) => step)}::float8[], ${batch(({ receivedAt }) => receivedAt)}::float8[],
    ${batch(({ seconds }) => seconds)}::float8[], ${batch(({ work }) => work)}::text[],
    ${[...offsets]}::bigint[], ${batch(({ ids }) => ids.length)}::bigint[],
    ${[...prompts.keys()]}::text[], ${prompt.map(({ uses }) => uses)}::bigint[],
    ${prompt.map(({ text }) => text)}::text[], ${prompt.map(({ messages }) => messages)}::text[],
    ${rowBatch}::int[], ${rowOffset}::bigint[], ${rowPrompt}::int[],
    ${row(({ ids }) => ids)}::text[], ${row(({ groups }) => groups)}::text[],
    ${row(({ steps }) => steps)}::float8[], ${row(({ rewards }) => rewards)}::float8[],
    ${row(({ completions }) => completions.texts)}::text[],
    ${row(({ completions }) => completions.messages)}::text[],
    ${row(({ rests }) => rests)}::text[], ${row(({ scores }) => scores)}::text[],
    ${blocks.map((block) => block.run)}::int[], ${blocks.map(({ values }) => values[0]!)}::bigint[],
    ${blocks.map(({ rows, values }) => values[rows - 1]!)}::bigint[],
    ${blocks.map(({ names }) => JSON.stringify(names))}::text[],
    ${blocks.map(({ groups }) => JSON.stringify(groups))}::text[],
    ${blocks.map((block) => Buffer.from(bytesOf(relative(block))).toString('base64'))}::text[])`
}

/** Values whose sequences count from the block's first row: where that lies is known only to the database. */
function relative({ rows, values }: { rows: number; values: Float64Array }): Float64Array {
  const first = values[0]!
  for (let row = 0; row < rows; row++) values[row]! -= first
  return values
}
