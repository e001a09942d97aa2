/**
 * Runs the signals of a plan over a batch: side by side with bounded concurrency, each call with its time limit and
 * retries, a failing row isolated so that its neighbours keep their scores, slow signals and slow rows remembered.
 */
import type { InnerSignal, SignalContext, SignalResult } from '../kinds/signal.ts'
import { membersOf } from '../numerics/grouped.ts'
import { RandomStream } from '../numerics/random.ts'
import { RolloutBatch } from '../records/batch.ts'
import {
  type Column,
  checkColumn,
  createColumn,
  createRaggedColumn,
  type Grain,
  invalidate,
  offsetsOf,
  sealColumn,
} from '../records/column.ts'
import { GuerdonError, messageOf } from '../records/error.ts'
import { tokenCount } from '../records/rollout.ts'
import { joinPieces, type Piece } from './join-pieces.ts'
import type { PlannedSignal } from './plan.ts'
import type { Resources } from './resources.ts'

export interface SlowRow {
  readonly id: string
  readonly seconds: number
}

export interface SignalTiming {
  readonly signal: string
  calls: number
  rows: number
  seconds: number
  retries: number
  failures: number
  /** the slowest rows, slowest first; a call's time is shared by its rows unless the signal timed them itself */
  slowest: SlowRow[]
}

export interface RunOptions {
  readonly seed: number
  readonly evidence: boolean
  readonly abort: AbortSignal
  readonly resources: Resources
  /** folder that relative paths in the spec start from */
  readonly folder: string
  /** most signals at work at the same time */
  readonly concurrency: number
  readonly onProgress?: ((signal: string, rowsDone: number) => void) | undefined
}

/** A call is cut so that it takes about this long; one slow row then shows, and cancelling is quick. */
const secondsPerCall = 0.25
const largestCall = 2048
const slowestKept = 5

export interface SignalOutcome {
  /** every column, parts as `signal.part` */
  readonly columns: ReadonlyMap<string, Column>
  readonly verdicts: ReadonlyMap<string, ReadonlyMap<string, Float64Array>>
  readonly timings: readonly SignalTiming[]
}

/** Scores a batch under every signal; wrapped signals run only inside those that wrap them and once on their own. */
export async function runSignals(
  signals: readonly PlannedSignal[],
  batch: RolloutBatch,
  options: RunOptions,
): Promise<SignalOutcome> {
  // What ends one signal ends the others: nobody pays for calls whose results are lost.
  const stop = new AbortController()
  const runner = new Runner(signals, { ...options, abort: AbortSignal.any([options.abort, stop.signal]) })
  const results: SignalResult[] = new Array(signals.length)
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < signals.length) {
      const index = next++
      try {
        results[index] = await runner.run(signals[index]!, batch)
      } catch (error) {
        stop.abort(error)
        throw error
      }
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, Math.min(options.concurrency, signals.length)) }, lane))
  const columns = new Map<string, Column>()
  const verdicts = new Map<string, ReadonlyMap<string, Float64Array>>()
  for (const [index, { name, parts }] of signals.entries()) {
    const result = results[index]!
    columns.set(name, result.column)
    for (const part of Object.keys(parts)) columns.set(`${name}.${part}`, result.parts![part]!)
    if (result.verdicts !== undefined) verdicts.set(name, result.verdicts)
  }
  return { columns, verdicts, timings: [...runner.timings.values()] }
}

/** Scores a batch under one signal alone: how reference completions get their scores. */
export async function runOneSignal(
  signals: readonly PlannedSignal[],
  name: string,
  batch: RolloutBatch,
  options: RunOptions,
): Promise<SignalResult> {
  return new Runner(signals, options).run(signals.find((signal) => signal.name === name)!, batch)
}

class Runner {
  readonly timings = new Map<string, SignalTiming>()
  readonly #signals: ReadonlyMap<string, PlannedSignal>
  readonly #options: RunOptions

  constructor(signals: readonly PlannedSignal[], options: RunOptions) {
    this.#signals = new Map(signals.map((signal) => [signal.name, signal]))
    this.#options = options
    for (const { name } of signals) {
      this.timings.set(name, {
        signal: name,
        calls: 0,
        rows: 0,
        seconds: 0,
        retries: 0,
        failures: 0,
        slowest: [],
      })
    }
  }

  async run(signal: PlannedSignal, batch: RolloutBatch): Promise<SignalResult> {
    const { abort } = this.#options
    if (batch.size === 0) return emptyResult(signal)
    const units = signal.method.grain === 'group' ? groupUnits(batch) : undefined
    const order = units?.order
    const total = units === undefined ? batch.size : units.ends.length
    const most = signal.batch ?? largestCall
    const pieces: Piece[] = []
    let callSize = Math.min(most, 256)
    let next = 0
    let done = 0
    const lane = async (): Promise<void> => {
      while (next < total) {
        if (abort.aborted) throw cancelled(abort)
        let from = next
        let to: number
        if (units === undefined) {
          to = Math.min(total, from + callSize)
          next = to
        } else {
          // Whole groups, as many as fit one call, at least one.
          let until = from + 1
          const first = from === 0 ? 0 : units.ends[from - 1]!
          while (until < total && units.ends[until]! - first <= callSize) until++
          next = until
          from = first
          to = units.ends[until - 1]!
        }
        const rows = order?.subarray(from, to)
        const part =
          rows === undefined
            ? from === 0 && to === batch.size
              ? batch
              : slice(batch, from, to)
            : batch.select(rows)
        const started = performance.now()
        const result = await this.#call(signal, part).catch((error: unknown) => {
          next = total
          throw error
        })
        const seconds = (performance.now() - started) / 1000
        this.#remember(signal.name, part, seconds, result.seconds)
        pieces.push({ rows, start: from, result })
        done += part.size
        this.#options.onProgress?.(signal.name, done)
        const ideal = Math.floor((part.size * secondsPerCall) / Math.max(seconds, 1e-9))
        callSize = Math.max(1, Math.min(most, ideal, callSize * 4))
      }
    }
    await Promise.all(Array.from({ length: signal.concurrency }, lane))
    return joinPieces(Object.keys(signal.parts), batch.size, pieces)
  }

  /** One call with its tries; when they fail, halves, so that only the rows (or the groups) at fault are lost. */
  async #call(signal: PlannedSignal, batch: RolloutBatch, retries = signal.retries): Promise<SignalResult> {
    const timing = this.timings.get(signal.name)!
    let failure: unknown
    for (let attempt = 0; attempt <= retries; attempt++) {
      if (attempt > 0) {
        timing.retries++
        await pause(Math.min(2 ** (attempt - 1) * 100, 5000), this.#options.abort)
      }
      if (this.#options.abort.aborted) throw cancelled(this.#options.abort)
      try {
        timing.calls++
        return this.#checked(signal, batch, await this.#once(signal, batch))
      } catch (error) {
        if (this.#options.abort.aborted) throw cancelled(this.#options.abort)
        // A result of the wrong shape is a mistake in the signal, not a property of a row.
        if (error instanceof GuerdonError && error.code === 'SIGNAL_SHAPE') throw error
        failure = error
      }
    }
    const middle = signal.method.grain === 'group' ? middleGroup(batch) : batch.size >> 1
    if (middle > 0) {
      const first = await this.#call(signal, slice(batch, 0, middle), 0)
      const second = await this.#call(signal, slice(batch, middle, batch.size), 0)
      return joinPieces(Object.keys(signal.parts), batch.size, [
        { rows: undefined, start: 0, result: first },
        { rows: undefined, start: middle, result: second },
      ])
    }
    timing.failures += batch.size
    const reason = failure instanceof GuerdonError ? failure.message : `failed: ${messageOf(failure)}`
    return failedResult(signal, batch, reason)
  }

  async #once(signal: PlannedSignal, batch: RolloutBatch): Promise<SignalResult> {
    const controller = new AbortController()
    const stop = (): void => controller.abort(this.#options.abort.reason)
    this.#options.abort.addEventListener('abort', stop, { once: true })
    let timer: NodeJS.Timeout | undefined
    try {
      const scored = signal.method.score(batch, signal.parameters, this.#context(signal, controller.signal))
      if (!(scored instanceof Promise)) return asResult(scored)
      const { promise: interrupted, reject } = Promise.withResolvers<never>()
      controller.signal.addEventListener('abort', () => reject(controller.signal.reason), { once: true })
      if (signal.timeout !== undefined) {
        timer = setTimeout(() => {
          controller.abort(new GuerdonError('SIGNAL_TIMEOUT', `no answer within ${signal.timeout} s`))
        }, signal.timeout * 1000)
      }
      return asResult(await Promise.race([scored, interrupted]))
    } finally {
      clearTimeout(timer)
      this.#options.abort.removeEventListener('abort', stop)
    }
  }

  #context(signal: PlannedSignal, abort: AbortSignal): SignalContext {
    const inner = new Map<string, InnerSignal>()
    for (const [key, name] of signal.over) {
      inner.set(key, { name, score: (batch) => this.run(this.#signals.get(name)!, batch) })
    }
    return {
      abort,
      random: new RandomStream(this.#options.seed).derive(signal.name),
      evidence: this.#options.evidence,
      inner,
      folder: this.#options.folder,
      resource: (key, open, close) => this.#options.resources.get(key, open, close),
    }
  }

  #checked(signal: PlannedSignal, batch: RolloutBatch, result: SignalResult): SignalResult {
    checkColumn(result.column, batch.size, signal.name)
    sealColumn(result.column)
    for (const part of Object.keys(signal.parts)) {
      const column = result.parts?.[part]
      if (column === undefined)
        throw new GuerdonError('SIGNAL_SHAPE', `signal "${signal.name}" did not return its part "${part}"`)
      checkColumn(column, batch.size, `${signal.name}.${part}`)
      sealColumn(column)
    }
    return result
  }

  #remember(name: string, batch: RolloutBatch, seconds: number, own: Float64Array | undefined): void {
    const timing = this.timings.get(name)!
    timing.rows += batch.size
    timing.seconds += seconds
    const { slowest } = timing
    const share = seconds / batch.size
    const least = slowest.length < slowestKept ? 0 : slowest[slowest.length - 1]!.seconds
    if (own === undefined && share <= least) return
    for (let row = 0; row < batch.size; row++) {
      const time = own?.[row] ?? share
      if (slowest.length >= slowestKept && time <= slowest[slowest.length - 1]!.seconds) continue
      slowest.push({ id: batch.rollouts[row]!.id, seconds: time })
      slowest.sort((a, b) => b.seconds - a.seconds)
      slowest.length = Math.min(slowest.length, slowestKept)
    }
  }
}

function slice(batch: RolloutBatch, from: number, to: number): RolloutBatch {
  return new RolloutBatch(batch.rollouts.slice(from, to))
}

/** The first row of the group in the middle of a batch whose groups are adjacent; 0 when there is one group only. */
function middleGroup({ groups: { count, of } }: RolloutBatch): number {
  return of.indexOf(count >> 1)
}

function groupUnits(batch: RolloutBatch): { order: Int32Array; ends: Int32Array } {
  const { rows, offsets } = membersOf(batch.groups)
  return { order: rows, ends: offsets.subarray(1) }
}

function asResult(scored: SignalResult | Column): SignalResult {
  return 'column' in scored ? scored : { column: scored }
}

function cancelled(abort: AbortSignal): GuerdonError {
  return abort.reason instanceof GuerdonError
    ? abort.reason
    : new GuerdonError('RUN_CANCELLED', 'the run was cancelled', { cause: abort.reason })
}

async function pause(milliseconds: number, abort: AbortSignal): Promise<void> {
  const { setTimeout: sleep } = await import('node:timers/promises')
  await sleep(milliseconds, undefined, { signal: abort }).catch(() => undefined)
}

function blank(grain: Grain | 'group', counts: ArrayLike<number>): Column {
  return grain === 'step' || grain === 'token'
    ? createRaggedColumn(grain, offsetsOf(counts))
    : createColumn(counts.length)
}

/** The columns of an empty batch. */
function emptyResult(signal: PlannedSignal): SignalResult {
  const parts = Object.fromEntries(
    Object.entries(signal.parts).map(([part, grain]) => [part, blank(grain, [])]),
  )
  return { column: blank(signal.method.grain, []), parts }
}

/**
 * The error of a row whose reward is needed and invalid: `SIGNAL_FAILED` when a call failed or ran out of time, which
 * another try may mend, else `ROW_INVALID`.
 */
export function invalidRowCode(reason: string): 'SIGNAL_FAILED' | 'ROW_INVALID' {
  return /(^|: )(failed: |no answer within )/.test(reason) ? 'SIGNAL_FAILED' : 'ROW_INVALID'
}

/** What rows get whose call failed: no value, and the reason. */
function failedResult(signal: PlannedSignal, batch: RolloutBatch, reason: string): SignalResult {
  const { onError } = signal
  if (onError === 'fail') {
    throw new GuerdonError('SIGNAL_FAILED', `signal "${signal.name}" ${reason}`, {
      where: { row: batch.rollouts[0]!.id },
    })
  }
  const failed = (grain: Grain | 'group'): Column => {
    const column = blank(grain, entriesOf(grain, batch))
    for (let entry = 0; entry < column.values.length; entry++) invalidate(column, entry, reason)
    return column
  }
  return {
    column: failed(signal.method.grain),
    parts: Object.fromEntries(Object.entries(signal.parts).map(([part, grain]) => [part, failed(grain)])),
  }
}

/** How many entries each rollout has in a column of a failed call: at least one, which carries the reason. */
function entriesOf(grain: Grain | 'group', { rollouts }: RolloutBatch): Int32Array {
  return Int32Array.from(rollouts, (rollout) => {
    if (grain === 'step') return Math.max(1, rollout.steps?.length ?? 0)
    return grain === 'token' ? Math.max(1, tokenCount(rollout) ?? 0) : 1
  })
}
