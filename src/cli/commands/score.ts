/** `guerdon score SPEC ROLLOUTS [-o FILE]`. */
import {
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Column } from '../../records/column.ts'
import { GuerdonError, messageOf } from '../../records/error.ts'
import { openWriter, type RowWriter } from '../../records/formats/open-writer.ts'
import { digestOf } from '../../reward/plan.ts'
import type { SignalTiming } from '../../reward/run-signals.ts'
import { createReward, type RewardState } from '../../reward/score.ts'
import { type FinishedRows, scoreStream } from '../../reward/score-stream.ts'
import { type RunSummary, SummaryGatherer } from '../../reward/summary.ts'
import { flatMemory } from '../flat-memory.ts'
import { bold, dim, number, percent, progressBar, table } from '../print.ts'
import { type InputOptions, openRollouts, reportSkipped } from '../read-rollouts.ts'

export interface ScoreCommandOptions extends InputOptions {
  readonly output?: string
  readonly restart?: boolean
  readonly state?: string
  readonly concurrency: string
  readonly quiet?: boolean
}

export async function scoreCommand(
  specPath: string,
  inputPath: string,
  options: ScoreCommandOptions,
): Promise<void> {
  const concurrency = Number(options.concurrency)
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    throw new GuerdonError('ARGUMENT_INVALID', 'is no number of signals', {
      where: { field: '--concurrency' },
      found: options.concurrency,
      expected: 'a whole number from 1',
    })
  }
  for (const read of [specPath, inputPath]) refuseOverwriting(options.output, read)
  const keepMemoryFlat = flatMemory()
  const reward = await createReward(specPath)
  const reader = openRollouts(inputPath, options)
  const input = inputIdentity(inputPath, options)
  const state = options.state === undefined ? {} : readState(options.state)
  const writer = options.output === undefined ? undefined : await openWriter(options.output)
  const gatherer = new SummaryGatherer()
  const controller = new AbortController()
  const stop = (): void =>
    controller.abort(
      new GuerdonError('RUN_CANCELLED', 'stopped', { hint: 'The same command continues where it stopped' }),
    )
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  const bar =
    options.quiet || options.json ? { update() {}, stop() {} } : await progressBar('scoring', 'rows')
  const started = performance.now()
  try {
    const flat = options.output !== undefined && /\.(csv|parquet)(\.gz)?$/i.test(options.output)
    const outcome = await scoreStream(
      reward,
      reader,
      async (finished) => {
        gatherer.add(finished)
        if (writer !== undefined) await writeRows(writer, finished, flat)
      },
      {
        journalPath: journalPath(options.output, input, reward.provenance.specDigest),
        input,
        resume: options.restart !== true,
        abort: controller.signal,
        concurrency,
        state,
        onRows: (rows) => {
          bar.update(rows)
          keepMemoryFlat()
        },
      },
    )
    await writer?.commit()
    if (options.state !== undefined) writeState(options.state, outcome.state)
    bar.stop()
    const seconds = (performance.now() - started) / 1000
    const summary = gatherer.summary()
    reportSkipped(reader)
    const report = {
      name: reward.name,
      specDigest: reward.provenance.specDigest,
      ...summary,
      skipped: reader.summary.skipped,
      resumed: outcome.resumed,
      seconds,
      rowsPerSecond: summary.rows / seconds,
      signals: outcome.timings,
      advantageEvidence: outcome.advantageEvidence,
      output: options.output ?? null,
    }
    if (options.json) console.log(JSON.stringify(report, null, 2))
    else printReport(report, outcome.timings)
  } catch (error) {
    bar.stop()
    await writer?.abort()
    throw error
  } finally {
    process.off('SIGINT', stop)
    process.off('SIGTERM', stop)
    await reward.close()
  }
}

/** Scored rows must never take the place of what they were made from. */
function refuseOverwriting(output: string | undefined, read: string): void {
  if (output === undefined || !existsSync(output) || !existsSync(read)) return
  if (realpathSync(output) !== realpathSync(read)) return
  throw new GuerdonError('ARGUMENT_INVALID', 'would overwrite a file that is read', {
    where: { field: '--output' },
    found: output,
    expected: 'another file',
  })
}

/** What makes a run the same run: the file as it stands and how it is read. */
function inputIdentity(path: string, { map, format, skipInvalid }: InputOptions): string {
  if (!existsSync(path))
    throw new GuerdonError('FILE_MISSING', 'there is no such file', { where: { file: path } })
  const { size, mtimeMs } = statSync(path)
  return digestOf({
    path,
    size,
    mtimeMs,
    map,
    format: format ?? null,
    skipInvalid: skipInvalid === true,
  }).slice(0, 16)
}

/** Beside the output, so that a person sees it and the disk is the same; without output in the temporary folder. */
function journalPath(output: string | undefined, input: string, specDigest: string): string {
  if (output !== undefined) return `${output}.journal`
  const folder = join(tmpdir(), 'guerdon')
  mkdirSync(folder, { recursive: true })
  return join(folder, `${specDigest.slice(0, 16)}-${input}.journal`)
}

function readState(path: string): RewardState {
  if (!existsSync(path)) return {}
  let state: unknown
  try {
    state = JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new GuerdonError('DATA_NOT_JSON', `is no state: ${messageOf(cause)}`, {
      where: { file: path },
      cause,
    })
  }
  if (state !== null && typeof state === 'object' && !Array.isArray(state)) return state as RewardState
  throw new GuerdonError('DATA_FIELD_INVALID', 'is no state', {
    where: { file: path },
    found: state,
    expected: 'the object that an earlier --state wrote',
  })
}

function writeState(path: string, state: RewardState): void {
  writeFileSync(`${path}.new`, `${JSON.stringify(state, null, 2)}\n`)
  renameSync(`${path}.new`, path)
}

type Cell = number | null | (number | null)[]

function cellOf(column: Column, row: number): Cell {
  const { offsets, values, valid } = column
  if (offsets === undefined) return valid[row] === 1 ? values[row]! : null
  const list: (number | null)[] = []
  for (let entry = offsets[row]!; entry < offsets[row + 1]!; entry++)
    list.push(valid[entry] === 1 ? values[entry]! : null)
  return list
}

/** Rows handed to the writer at a time. */
const rowsPerWrite = 1024

/** One object a row; CSV and Parquet get `columns.NAME` and `reasons` as text instead of nested objects. */
async function writeRows(writer: RowWriter, { rows, scored }: FinishedRows, flat: boolean): Promise<void> {
  const names = [...scored.columns.keys()]
  const stages = [...scored.stages].map(([name, list]) => [name, list.at(-1)!.column] as const)
  let out: Record<string, unknown>[] = []
  let row = -1
  for (const { id, group, step, reasons } of rows) {
    row++
    const line: Record<string, unknown> = { id, group }
    if (step !== null) line.step = step
    line.reward = cellOf(scored.reward, row)
    if (scored.advantages !== undefined) line.advantage = cellOf(scored.advantages, row)
    line.valid = scored.reward.valid[row] === 1
    if (scored.kept !== undefined) line.kept = scored.kept[row] === 1
    if (scored.weights !== undefined) line.weight = cellOf(scored.weights, row)
    if (scored.tokenRewards !== undefined) line.token_rewards = cellOf(scored.tokenRewards, row)
    const why: Record<string, unknown> = {}
    for (const index in reasons)
      if (names[Number(index)] !== undefined) why[names[Number(index)]!] = reasons[index]
    const rewardReason = scored.reward.reasons?.[row]
    if (rewardReason !== undefined) why.reward = rewardReason
    if (flat) {
      for (const name of names) line[`columns.${name}`] = cellOf(scored.columns.get(name)!, row)
      for (const [name, column] of stages) line[`shaped.${name}`] = cellOf(column, row)
      line.reasons = JSON.stringify(why)
    } else {
      const columns: Record<string, Cell> = {}
      for (const name of names) columns[name] = cellOf(scored.columns.get(name)!, row)
      line.columns = columns
      if (stages.length > 0)
        line.shaped = Object.fromEntries(stages.map(([name, column]) => [name, cellOf(column, row)]))
      if (Object.keys(why).length > 0) line.reasons = why
    }
    out.push(line)
    if (out.length < rowsPerWrite) continue
    await writer.write(out)
    out = []
  }
  await writer.write(out)
}

interface Report extends RunSummary {
  readonly rowsPerSecond: number
  readonly resumed: number
  readonly output: string | null
}

function printReport(summary: Report, timings: readonly SignalTiming[]): void {
  const resumed = summary.resumed > 0 ? `, ${number(summary.resumed)} of them by an earlier run` : ''
  console.log(
    `${number(summary.rows)} rollouts in ${number(summary.groups)} groups, ${number(summary.rowsPerSecond < 10 ? summary.rowsPerSecond : Math.round(summary.rowsPerSecond), 1)} rows a second${resumed}`,
  )
  const line = (name: string, column: RunSummary['reward']): string[] => [
    name,
    number(column.mean),
    number(column.standardDeviation),
    number(column.least),
    number(column.largest),
    number(column.invalid),
  ]
  const rows = Object.entries(summary.columns).map(([name, column]) => line(name, column))
  rows.push(line('reward', summary.reward))
  if (summary.advantage !== null) rows.push(line('advantage', summary.advantage))
  console.log(`\n${table(['column', 'mean', 'std', 'least', 'largest', 'invalid'], rows, [1, 2, 3, 4, 5])}`)
  console.log(
    `\n${number(summary.groupsWithoutSpread)} of ${number(summary.groups)} groups (${percent(summary.groupsWithoutSpread, summary.groups)}) have equal rewards: nothing to compare`,
  )
  if (summary.filtered > 0) console.log(`${number(summary.filtered)} rows are left out by the advantage`)
  if (summary.invalidReasons.length > 0) {
    console.log(`\n${bold('Invalid, and why')}`)
    console.log(
      table(
        ['rows', 'column', 'reason', 'for example'],
        summary.invalidReasons
          .slice(0, 8)
          .map(({ rows: count, column, reason, example }) => [number(count), column, reason, example]),
        [0],
      ),
    )
  }
  const slow = timings.filter(({ seconds, rows: scored }) => seconds > 1 && seconds / scored > 1e-3)
  for (const { signal, seconds, rows: scored, slowest, retries, failures } of slow) {
    const named = slowest.map(({ id, seconds: time }) => `${id} ${time.toFixed(2)} s`).join(', ')
    console.log(
      `\nSlow signal ${signal}: ${((1000 * seconds) / scored).toFixed(1)} ms a row, ${retries} retries, ${failures} failed rows; slowest: ${named}`,
    )
  }
  if (summary.output !== null) console.log(dim(`\nEvery row with its columns and reasons: ${summary.output}`))
}
