/** Rollouts for a command: read as the options say, rows left out reported at the end. */
import { parseColumnMap } from '../records/formats/map-columns.ts'
import { type RecordReader, readRecordsOf } from '../records/formats/read-records.ts'
import type { Rollout } from '../records/rollout.ts'

export interface InputOptions {
  readonly map: readonly string[]
  readonly format?: string
  readonly skipInvalid?: boolean
  readonly json?: boolean
}

/** Opens a file of rollouts; iterate it once. */
export function openRollouts(path: string, options: InputOptions): RecordReader<'rollout'> {
  return readRecordsOf('rollout', path, {
    layout: options.format,
    skipInvalid: options.skipInvalid,
    batchSize: 512,
    ...(options.map.length === 0 ? {} : { map: parseColumnMap(options.map) }),
  })
}

/** Says on standard error which rows were left out and why. */
export function reportSkipped({ summary }: RecordReader): void {
  if (summary.skipped === 0) return
  const reasons = Object.entries(summary.reasons).map(([reason, rows]) => `${rows} × ${reason}`)
  console.error(`${summary.skipped} of ${summary.rows} rows left out: ${reasons.join(', ')}`)
}

/**
 * The rollouts that are compared with one row: its group, or its whole training step when the reward looks that far
 * (the whole file when no step is named). The file is read twice, never held.
 */
export async function rolloutsAround(
  path: string,
  options: InputOptions,
  id: string,
  wholeBatch: boolean,
): Promise<Rollout[]> {
  let found: Rollout | undefined
  for await (const rollouts of openRollouts(path, options)) {
    found = rollouts.find((rollout) => rollout.id === id)
    if (found !== undefined) break
  }
  if (found === undefined) return []
  const { group, step } = found
  const around: Rollout[] = []
  for await (const rollouts of openRollouts(path, options)) {
    for (const rollout of rollouts) {
      if (rollout.step === step && (wholeBatch || rollout.group === group)) around.push(rollout)
    }
  }
  return around
}
