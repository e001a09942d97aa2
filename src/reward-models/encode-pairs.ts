/**
 * The second pass over preference data: texts go to the encoder in pieces and their embeddings into tables, in memory
 * up to a limit and in files beyond it, so that ten million pairs never need ten million texts or embeddings at once.
 */
import { join } from 'node:path'
import { runDigest } from '../engine/checkpoint.ts'
import type { Table } from '../engine/sessions/session.ts'
import { encodedText } from '../inference/conversation-text.ts'
import type { Encoder } from '../inference/encoder.ts'
import { GuerdonError } from '../records/error.ts'
import type { PreferencePair } from '../records/preference.ts'
import { promptText } from '../records/rollout.ts'
import { EmbeddingTable } from './embedding-table.ts'
import type { EncodedPairs } from './encoded-pairs.ts'
import { readPairFeatures } from './pair-features.ts'
import { readTrainingPairs, type TrainingPair } from './read-training-pairs.ts'
import type { Recipe } from './recipe.ts'
import { type DataReport, PARTS, type Part, type ScannedPairs, scanPairs } from './scan-pairs.ts'
import type { EncodedTextSpec, TrainConfig } from './train-config.ts'

/** What turns pairs into numbers: an encoder of texts, or features by name. */
export type PairEncoder =
  | { readonly texts: Encoder; readonly text: EncodedTextSpec }
  | { readonly features: readonly string[] }

export interface EncodedData {
  readonly train: EncodedPairs
  readonly validation: EncodedPairs
  readonly test: EncodedPairs
  readonly digest: string
  readonly report: DataReport
}

export interface EncodePairsOptions {
  /** where tables lie that are too large for memory */
  readonly folder: string
  /** bytes that embeddings may take in memory */
  readonly memory: number
  readonly abort?: AbortSignal
  readonly progress?: (stage: 'read' | 'encode', done: number, total?: number) => void
}

type Sides = {
  readonly chosen: Float32Array
  readonly rejected: Float32Array
  readonly prompt?: Float32Array
}

/** Embeddings of the two sides (and prompts) of a batch of pairs. */
async function embedPairs(
  pairs: readonly PreferencePair[],
  encoder: PairEncoder,
  recipe: Recipe,
  abort?: AbortSignal,
): Promise<Sides> {
  const withPrompt = recipe.needs?.prompt === true
  if ('features' in encoder) {
    const width = encoder.features.length
    const missing = recipe.takes?.missingFeatures === true ? 'NaN' : 'refuse'
    const chosen = new Float32Array(pairs.length * width)
    const rejected = new Float32Array(pairs.length * width)
    for (const [row, pair] of pairs.entries()) {
      readPairFeatures(pair, 'chosen', encoder.features, chosen, row * width, missing)
      readPairFeatures(pair, 'rejected', encoder.features, rejected, row * width, missing)
    }
    return { chosen, rejected }
  }
  const { texts, text } = encoder
  // The same prompt or completion often stands in several pairs of a batch: each text is encoded once.
  const numbers = new Map<string, number>()
  const numberOf = (value: string): number => {
    const number = numbers.get(value) ?? numbers.size
    numbers.set(value, number)
    return number
  }
  const textOf = (pair: PreferencePair, side: 'chosen' | 'rejected'): number =>
    numberOf(encodedText(pair.prompt, pair[side], text.read, text.template))
  const rows = pairs.map((pair) => ({
    chosen: textOf(pair, 'chosen'),
    rejected: textOf(pair, 'rejected'),
    prompt: withPrompt ? numberOf(promptText(pair.prompt)) : 0,
  }))
  const embeddings = await texts.embed([...numbers.keys()], { abort })
  const { width } = texts
  const gathered = (name: keyof (typeof rows)[number]): Float32Array => {
    const values = new Float32Array(rows.length * width)
    for (const [row, numbersOfRow] of rows.entries()) {
      const at = numbersOfRow[name] * width
      values.set(embeddings.subarray(at, at + width), row * width)
    }
    return values
  }
  return {
    chosen: gathered('chosen'),
    rejected: gathered('rejected'),
    ...(withPrompt && { prompt: gathered('prompt') }),
  }
}

async function* allPairs(config: TrainConfig): AsyncGenerator<TrainingPair[]> {
  const { skipInvalid, limits, holdOut } = config
  if (holdOut.file !== undefined) yield* readTrainingPairs([holdOut.file], { skipInvalid })
  yield* readTrainingPairs(config.data, { skipInvalid, limit: limits.pairs })
}

/**
 * Reads and encodes all data of a config.
 *
 * Splits follow from hashes of prompts (or users) alone: a pair is never held out while another pair of its prompt is
 * trained on, and adding data moves no prompt from one part to another.
 *
 * @throws GuerdonError as `scanPairs`, the encoder and `readPairFeatures` do; DATA_FIELD_INVALID when the data changed
 *   between the two passes, or an embedding is not finite; ARGUMENT_INVALID for features with a recipe that needs prompts
 */
export async function encodePairs(
  config: TrainConfig,
  encoder: PairEncoder,
  options: EncodePairsOptions,
): Promise<EncodedData> {
  const { abort, progress } = options
  const withPrompt = config.recipe.needs?.prompt === true
  if (withPrompt && 'features' in encoder)
    throw new GuerdonError('ARGUMENT_INVALID', `the recipe ${config.recipe.name} reads prompts`, {
      where: { field: 'encoder' },
      expected: 'an encoder of texts, not features in columns',
    })
  const scanned = await scanPairs(config, {
    ...(abort && { abort }),
    progress: (pairs) => progress?.('read', pairs),
  })
  const width = 'features' in encoder ? encoder.features.length : encoder.texts.width
  const sides = withPrompt ? (['chosen', 'rejected', 'prompt'] as const) : (['chosen', 'rejected'] as const)
  const rows = PARTS.reduce((sum, part) => sum + scanned.columns[part].count, 0)
  // A thread keeps the files of tables open by their names: other contents need other names.
  const contents = runDigest([
    scanned.digest,
    config.holdOut,
    config.recipe.name,
    'features' in encoder ? encoder.features : [encoder.texts.digest, encoder.text],
  ]).slice(0, 16)
  const inFiles = rows * sides.length * width * 4 > options.memory
  const tables = PARTS.map((part) =>
    sides.map(
      (side) =>
        new EmbeddingTable(
          scanned.columns[part].count,
          width,
          inFiles ? join(options.folder, `${part}-${side}-${contents}.f32`) : undefined,
        ),
    ),
  )
  try {
    await fillTables(config, encoder, scanned, tables, width, options)
    const partOf = (part: Part, index: number): EncodedPairs => {
      const [chosen, rejected, prompt] = tables[index]!.map((table) => table.finish()) as [
        Table,
        Table,
        Table?,
      ]
      return { ...scanned.columns[part], width, chosen, rejected, ...(prompt && { prompt }) }
    }
    return {
      train: partOf('train', 0),
      validation: partOf('validation', 1),
      test: partOf('test', 2),
      digest: scanned.digest,
      report: scanned.report,
    }
  } finally {
    for (const table of tables.flat()) table.discard()
  }
}

async function fillTables(
  config: TrainConfig,
  encoder: PairEncoder,
  { places, copies, report }: ScannedPairs,
  tables: readonly (readonly EmbeddingTable[])[],
  width: number,
  { abort, progress }: EncodePairsOptions,
): Promise<void> {
  const changed = (): GuerdonError =>
    new GuerdonError('DATA_FIELD_INVALID', 'the data changed while it was read', {
      where: { file: config.data[0]!.file },
    })
  let done = 0
  for await (const batch of allPairs(config)) {
    if (abort?.aborted) throw new GuerdonError('RUN_CANCELLED', 'the encoding of pairs was cancelled')
    if (done + batch.length > places.length) throw changed()
    const kept = batch.map((_, index) => index).filter((index) => places[done + index] !== -1)
    const embedded = await embedPairs(
      kept.map((index) => batch[index]!.pair),
      encoder,
      config.recipe,
      abort,
    )
    for (const values of 'features' in encoder ? [] : (Object.values(embedded) as Float32Array[])) {
      const broken = values.findIndex((value) => !Number.isFinite(value))
      if (broken !== -1)
        throw new GuerdonError('DATA_FIELD_INVALID', 'has an embedding that is not finite', {
          where: { row: batch[kept[Math.floor(broken / width)]!]!.pair.id },
          found: values[broken],
        })
    }
    for (const [at, index] of kept.entries()) {
      const [chosen, rejected, prompt] = tables[places[done + index]!]!
      for (let copy = 0; copy < copies[done + index]!; copy++) {
        chosen!.append(embedded.chosen, at * width)
        rejected!.append(embedded.rejected, at * width)
        prompt?.append(embedded.prompt!, at * width)
      }
    }
    done += batch.length
    progress?.('encode', done, report.pairs)
  }
  if (done !== places.length) throw changed()
}
