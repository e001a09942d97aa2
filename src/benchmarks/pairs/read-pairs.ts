/** A file of preference pairs as benchmark items: the preferred completion first, ties with equal standing. */

import { readRecordsOf } from '../../records/formats/read-records.ts'
import type { PreferencePair } from '../../records/preference.ts'
import type { BenchmarkItem, BenchmarkReading, BenchmarkReadOptions } from '../benchmark.ts'

/** Value of a pair's field as a subset: the pair's own field or one of its metadata; undefined where it has none. */
function subsetOf(pair: PreferencePair, field: string): string | undefined {
  const own = field === 'category' || field === 'user' || field === 'source' ? pair[field] : undefined
  const value = own ?? (Object.hasOwn(pair.metadata ?? {}, field) ? pair.metadata![field] : undefined)
  if (value === undefined || value === null) return undefined
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function itemOf(pair: PreferencePair, by: string): BenchmarkItem {
  const subset = subsetOf(pair, by)
  const reference = pair.metadata?.reference
  return {
    id: pair.id,
    prompt: pair.prompt,
    completions: [pair.chosen, pair.rejected],
    gold: pair.tie === true ? [0, 0] : [1, 0],
    ...(pair.scores === undefined ? {} : { scores: [pair.scores.chosen, pair.scores.rejected] }),
    ...(subset === undefined ? {} : { subset }),
    ...(typeof reference === 'string' ? { reference } : {}),
    ...(pair.user === undefined ? {} : { user: pair.user }),
  }
}

/**
 * Reads any layout whose records are preference pairs, a batch at a time.
 * @throws GuerdonError when iterated, as `readRecordsOf` does
 */
export function readPairs(
  file: string,
  { by = 'category', layout, map, skipInvalid }: BenchmarkReadOptions,
): BenchmarkReading {
  const reader = readRecordsOf('preference', file, {
    layout,
    skipInvalid,
    batchSize: 512,
    ...(map === undefined ? {} : { map }),
  })
  async function* items(): AsyncGenerator<readonly BenchmarkItem[]> {
    for await (const batch of reader) yield batch.map((pair) => itemOf(pair, by))
  }
  return { summary: reader.summary, [Symbol.asyncIterator]: items }
}
