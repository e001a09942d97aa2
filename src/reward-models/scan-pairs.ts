/**
 * The first pass over preference data: every pair is checked, counted, put into its part (training, validation, test)
 * and into its columns; no text is kept. What a recipe needs is checked before anything is encoded.
 */
import { createHash } from 'node:crypto'
import { GuerdonError } from '../records/error.ts'
import type { PreferencePair } from '../records/preference.ts'
import { promptText } from '../records/rollout.ts'
import { KEYS, KeyNumbers, textKey } from './key-numbers.ts'
import { Labels, PairColumns, type PairColumnsResult, type SharedLabels } from './pair-columns.ts'
import { readTrainingPairs, type TrainingPair } from './read-training-pairs.ts'
import type { Recipe } from './recipe.ts'
import type { TrainConfig } from './train-config.ts'

export const PARTS = ['train', 'validation', 'test'] as const
export type Part = (typeof PARTS)[number]

/** The data of a run in numbers. */
export interface DataReport {
  readonly files: readonly {
    readonly file: string
    readonly layout: string | undefined
    readonly rows: number
    readonly pairs: number
    readonly skipped: number
    readonly reasons: Readonly<Record<string, number>>
  }[]
  /** that were read, held-out file included */
  readonly pairs: number
  readonly prompts: number
  readonly ties: number
  /** ties that this recipe does not learn from */
  readonly tiesLeftOut: number
  /** training pairs left out because the held-out file asks the same prompt */
  readonly promptsHeldOut: number
  /** rows of each part, repeats by weight included */
  readonly parts: Readonly<Record<Part, number>>
  readonly sources: readonly string[]
  readonly users: number
}

export interface ScannedPairs {
  readonly columns: Readonly<Record<Part, PairColumnsResult>>
  /** of each pair in the order of reading: the part's number, or −1; with `copies` times it is used there */
  readonly places: Int8Array
  readonly copies: Uint8Array
  /** SHA-256 over every pair that was read, in its order, with its weight */
  readonly digest: string
  readonly report: DataReport
}

/** What a pair says, in one fixed order: equal pairs, equal text. */
const canonical = ({ pair, weight }: TrainingPair): string =>
  JSON.stringify([
    pair.prompt,
    pair.chosen,
    pair.rejected,
    pair.strength ?? null,
    pair.tie ?? false,
    pair.scores?.chosen ?? null,
    pair.scores?.rejected ?? null,
    pair.category ?? null,
    pair.user ?? null,
    pair.source,
    pair.metadata ?? null,
    weight,
  ])

/** The prompt as it is compared: its text without white space around it. */
export const promptKey = ({ prompt }: PreferencePair): number => textKey(promptText(prompt).trim())

/** A growing list of bytes. */
class Bytes<Values extends Int8Array | Uint8Array> {
  values: Values
  length = 0
  constructor(values: Values) {
    this.values = values
  }
  push(value: number): void {
    if (this.length === this.values.length) {
      const larger = new (this.values.constructor as new (length: number) => Values)(2 * this.length)
      larger.set(this.values)
      this.values = larger
    }
    this.values[this.length++] = value
  }
}

/**
 * Reads all data of a config once.
 * @param progress pairs read so far
 * @throws GuerdonError as reading does; DATA_EMPTY without training pairs; DATA_FIELD_MISSING for what the recipe needs;
 *   RUN_CANCELLED
 */
export async function scanPairs(
  config: Pick<TrainConfig, 'data' | 'holdOut' | 'skipInvalid' | 'limits' | 'recipe'>,
  options: { readonly abort?: AbortSignal; readonly progress?: (pairs: number) => void } = {},
): Promise<ScannedPairs> {
  const { holdOut, recipe } = config
  const labels: SharedLabels = { sources: new Labels(), users: new Labels(), categories: new Labels() }
  const columns = {
    train: new PairColumns(labels),
    validation: new PairColumns(labels),
    test: new PairColumns(labels),
  }
  const prompts = new KeyNumbers()
  const held = new KeyNumbers()
  const digest = createHash('sha256')
  const places = new Bytes(new Int8Array(1024))
  const copies = new Bytes(new Uint8Array(1024))
  const files: DataReport['files'][number][] = []
  const count = { pairs: 0, ties: 0, tiesLeftOut: 0, promptsHeldOut: 0 }

  const put = ({ pair, weight }: TrainingPair, row: string, fromHeldFile: boolean): void => {
    const prompt = promptKey(pair)
    count.pairs++
    if (pair.tie === true) count.ties++
    if (fromHeldFile) held.add(prompt)
    let part: Part | undefined = fromHeldFile ? 'test' : 'train'
    if (!fromHeldFile) {
      const unit = holdOut.by === 'user' && pair.user !== undefined ? textKey(`user ${pair.user}`) : prompt
      const fraction = unit / KEYS
      if (holdOut.file !== undefined && held.has(prompt)) {
        count.promptsHeldOut++
        part = undefined
      } else if (fraction < holdOut.share)
        part = holdOut.file === undefined && fraction < holdOut.share / 2 ? 'test' : 'validation'
    }
    if (part === 'train' && pair.tie === true && recipe.takes?.ties !== true) {
      count.tiesLeftOut++
      part = undefined
    }
    // A weight between two whole numbers takes the larger one for as many pairs as its fraction says.
    const times = part === 'train' ? Math.floor(weight + textKey(`weight ${row}`) / KEYS) : 1
    places.push(part === undefined || times === 0 ? -1 : PARTS.indexOf(part))
    copies.push(times)
    if (part === undefined || times === 0) return
    const number = prompts.add(prompt)
    for (let copy = 0; copy < times; copy++) columns[part].add(pair, number)
  }

  const read = async (sources: TrainConfig['data'], fromHeldFile: boolean): Promise<void> => {
    const batches = readTrainingPairs(sources, {
      skipInvalid: config.skipInvalid,
      ...(!fromHeldFile && { limit: config.limits.pairs }),
      onFile: ({ file }, { layout, rows, records, skipped, reasons }) =>
        files.push({ file, layout, rows, pairs: records, skipped, reasons }),
    })
    for await (const batch of batches) {
      if (options.abort?.aborted)
        throw new GuerdonError('RUN_CANCELLED', 'the reading of pairs was cancelled')
      for (const given of batch) {
        const row = canonical(given)
        digest.update(row).update('\n')
        put(given, row, fromHeldFile)
      }
      options.progress?.(count.pairs)
    }
  }
  if (holdOut.file !== undefined) await read([holdOut.file], true)
  await read(config.data, false)

  const finished = {
    train: columns.train.finish(),
    validation: columns.validation.finish(),
    test: columns.test.finish(),
  }
  if (finished.train.count === 0)
    throw new GuerdonError('DATA_EMPTY', 'there are no preference pairs to train on', {
      found: `${count.pairs} pairs read, ${count.tiesLeftOut} ties left out, ${finished.validation.count + finished.test.count} held out`,
    })
  checkNeeds(recipe, finished.train)
  return {
    columns: finished,
    places: places.values.subarray(0, places.length),
    copies: copies.values.subarray(0, copies.length),
    digest: digest.digest('hex'),
    report: {
      files,
      ...count,
      prompts: prompts.size,
      parts: {
        train: finished.train.count,
        validation: finished.validation.count,
        test: finished.test.count,
      },
      sources: labels.sources.names,
      users: labels.users.names.length,
    },
  }
}

/** @throws GuerdonError DATA_FIELD_MISSING for a column that a recipe needs and no training pair has */
export function checkNeeds(recipe: Recipe, columns: PairColumnsResult): void {
  const lacks = (what: string, field: string): never => {
    throw new GuerdonError(
      'DATA_FIELD_MISSING',
      `the recipe ${recipe.name} needs ${what}, and no training pair has one`,
      {
        where: { field },
        hint: `Another column can be read in its place: map: { ${field}: COLUMN }`,
      },
    )
  }
  const { needs } = recipe
  const known = (values: Float64Array): boolean => values.some((value) => !Number.isNaN(value))
  if (needs?.strength && !known(columns.strength)) lacks('a strength of preference', 'margin')
  if (needs?.scores && !known(columns.chosenScore)) lacks('scores of both completions', 'score_chosen')
  if (needs?.users && columns.users.codes.every((code) => code === -1)) lacks('a user', 'user')
  if (needs?.sources && columns.sources.codes.every((code) => code === -1)) lacks('a source', 'source')
}
