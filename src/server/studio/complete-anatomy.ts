/** Adds to the numbers of an anatomy what only rows and timings know: reasons and latencies. */
import type { Store, StoredRow } from '../../store/store.ts'
import type { AnatomyNumbers } from './aggregates/anatomy.ts'
import { latenciesOf } from './aggregates/latency.ts'
import { invalidReasons } from './invalid-reasons.ts'
import type { Anatomy } from './schemas.ts'

/** batches whose timings are looked at */
const MOST_BATCHES = 2000

export async function completeAnatomy(
  store: Store,
  run: string,
  { answer, invalidRows }: AnatomyNumbers,
): Promise<Anatomy> {
  const [sampled, work] = await Promise.all([
    rowsAt(store, run, new Set([...invalidRows.values()].flat())),
    store.work(run, { most: MOST_BATCHES }),
  ])
  const latencies = latenciesOf(work)
  const columns = answer.columns.map((column) => {
    const sample = (invalidRows.get(column.name) ?? []).flatMap((sequence) => sampled.get(sequence) ?? [])
    return {
      ...column,
      invalidReasons: invalidReasons(column.name, sample, column.histogram.invalid),
      latency: column.kind === 'signal' ? (latencies.get(column.name) ?? null) : null,
    }
  })
  return { ...answer, columns }
}

async function rowsAt(
  store: Store,
  run: string,
  sequences: ReadonlySet<number>,
): Promise<Map<number, StoredRow>> {
  const rows = await Promise.all([...sequences].map((sequence) => store.row(run, sequence)))
  return new Map(rows.filter((row) => row !== undefined).map((row) => [row.sequence, row]))
}
