/** Under what the answers about a run are kept, and when they are old. */
import type { RunRecord } from '../../../store/store.ts'

/** rows after which texts are read again */
const NEW_TEXTS = 500

/** Changes whenever a row comes or goes, or another spec is served. */
export function versionOf({ rows, batches, lastAt, specDigest }: RunRecord): string {
  return [rows, batches, lastAt, specDigest].join()
}

/** Neighbours are looked for again when a few hundred rows came, not with every batch. */
export function textsVersionOf({ rows, specDigest }: RunRecord): string {
  return [Math.floor(rows / NEW_TEXTS), specDigest].join()
}

export function keyOf(question: string, record: RunRecord, query: unknown): string {
  return JSON.stringify([question, record.id, query])
}
