/** `guerdon export --from RUN [-o FILE] [--store URL]`: what a store holds of a run, as rows. */
import { GuerdonError } from '../../records/error.ts'
import type { Fields } from '../../records/formats/fields.ts'
import { rolloutRow, rollouts } from '../../records/formats/layouts/rollouts.ts'
import { openWriter } from '../../records/formats/open-writer.ts'
import { openStore } from '../../store/open-store.ts'
import type { RunRecord, Store, StoredRow } from '../../store/store.ts'
import { number, table } from '../print.ts'

export interface ExportCommandOptions {
  readonly from?: string
  readonly output?: string
  readonly store: string
  readonly list?: boolean
  readonly json?: boolean
}

/** How many runs the sentence about an unknown one names. */
const NAMED_RUNS = 5

export async function exportCommand(options: ExportCommandOptions): Promise<void> {
  const store = await openExisting(options.store)
  try {
    if (options.list === true) return await listRuns(store, options.json === true)
    const run = await runOf(store, options.from)
    if (options.output === undefined) await printRows(store, run.id)
    else {
      const rows = await writeRows(store, run.id, options.output)
      const report = { run: run.id, rows, output: options.output }
      if (options.json === true) console.log(JSON.stringify(report, null, 2))
      else console.log(`${number(rows)} rows of ${run.id} in ${options.output}`)
    }
  } finally {
    await store.close()
  }
}

/** Reading makes no new store: a mistyped path would become an empty one. */
export async function openExisting(url: string): Promise<Store> {
  const path = /^[a-z][a-z0-9+.-]+:/i.test(url) ? /^sqlite:(?!:)(.+)$/i.exec(url)?.[1] : url
  const { existsSync } = await import('node:fs')
  if (path !== undefined && !existsSync(path)) {
    throw new GuerdonError('FILE_MISSING', 'there is no such store', {
      where: { file: path },
      hint: 'guerdon serve makes one; --store names another',
    })
  }
  return openStore(url)
}

async function listRuns(store: Store, json: boolean): Promise<void> {
  const runs = await store.runs()
  if (json) {
    console.log(JSON.stringify(runs, null, 2))
    return
  }
  if (runs.length === 0) {
    console.log(`no runs in ${store.location}`)
    return
  }
  const time = (at: number | null): string => (at === null ? '–' : new Date(at).toISOString().slice(0, 19))
  const rows = runs.map((run) => [
    run.id,
    run.reward,
    time(run.startedAt),
    time(run.lastAt),
    number(run.batches),
    number(run.rows),
    number(run.lastStep),
  ])
  console.log(
    table(['run', 'reward', 'started', 'last batch', 'batches', 'rows', 'last step'], rows, [4, 5, 6]),
  )
}

async function runOf(store: Store, id: string | undefined): Promise<RunRecord> {
  if (id === undefined) {
    throw new GuerdonError('ARGUMENT_INVALID', 'is missing', {
      where: { field: '--from' },
      expected: 'the id of a run, or latest; --list shows the runs',
    })
  }
  const named = await store.run(id)
  if (named !== undefined) return named
  const runs = await store.runs()
  if (id === 'latest' && runs[0] !== undefined) return runs[0]
  const known = runs.slice(0, NAMED_RUNS).map((run) => run.id)
  const more = runs.length - known.length
  throw new GuerdonError('STORE_UNKNOWN_RUN', `the store ${store.location} holds no such run`, {
    found: id,
    expected:
      known.length === 0
        ? 'a run that was served; the store is empty'
        : `one of ${known.join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
  })
}

/** A row of the `rollouts` layout with its scores and where they came from. */
function exportedRow({ rollout, scores, batch, sequence }: StoredRow): Fields {
  return {
    ...rolloutRow(rollout),
    batch,
    sequence,
    reward: scores.reward,
    advantage: scores.advantage,
    scores: scores.columns,
    reasons: scores.reasons,
  }
}

async function printRows(store: Store, run: string): Promise<void> {
  for await (const piece of store.export(run)) {
    const lines = piece.map((row) => `${JSON.stringify(exportedRow(row))}\n`).join('')
    // A slow reader of the pipe slows the export instead of filling memory.
    if (!process.stdout.write(lines)) await new Promise((resolve) => process.stdout.once('drain', resolve))
  }
}

async function writeRows(store: Store, run: string, output: string): Promise<number> {
  // Columns are declared where a container needs them before the first row.
  const columns = {
    ...rollouts.columns,
    batch: { type: 'string' },
    sequence: { type: 'number' },
    reward: { type: 'number', optional: true },
    advantage: { type: 'number', optional: true },
    scores: { type: 'json' },
    reasons: { type: 'json' },
  } as const
  await using writer = await openWriter(output, { columns })
  for await (const piece of store.export(run)) await writer.write(piece.map(exportedRow))
  await writer.commit()
  return writer.rows
}
