/** Preference pairs of all files of a training config, one after another. */

import { type ReadSummary, readRecordsOf } from '../records/formats/read-records.ts'
import type { PreferencePair } from '../records/preference.ts'
import type { DataSource } from './train-config.ts'

export interface TrainingPair {
  readonly pair: PreferencePair
  /** how often an epoch sees it */
  readonly weight: number
}

export interface ReadPairsOptions {
  readonly skipInvalid?: boolean
  /** most pairs over all files */
  readonly limit?: number | undefined
  /** called with the summary of each file that was read */
  readonly onFile?: (source: DataSource, summary: ReadSummary) => void
}

/**
 * Batches of pairs in the order of the files; the same every time they are read.
 * @throws GuerdonError as `readRecordsOf`
 */
export async function* readTrainingPairs(
  sources: readonly DataSource[],
  { skipInvalid = false, limit = Number.POSITIVE_INFINITY, onFile }: ReadPairsOptions = {},
): AsyncGenerator<TrainingPair[]> {
  let left = limit
  for (const source of sources) {
    if (left <= 0) return
    const reader = readRecordsOf('preference', source.file, {
      layout: source.format,
      ...(source.map !== undefined && { map: source.map }),
      skipInvalid,
      batchSize: 1024,
    })
    for await (const batch of reader) {
      const pairs = batch.slice(0, left).map((pair) => ({
        pair: source.source === undefined ? pair : { ...pair, source: source.source },
        weight: source.weight,
      }))
      left -= pairs.length
      if (pairs.length > 0) yield pairs
      if (left <= 0) break
    }
    onFile?.(source, reader.summary)
  }
}
