/** The figures of `GET /metrics`, in a registry of their own. No label holds anything that a client wrote. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { BatchRecord, ScoredRow } from '../../store/store.ts'
import type { RequestEvent, ServiceObserver } from '../observer.ts'
import type { ScoredEvent } from '../scoring/scoring-listener.ts'

export interface MetricsSources {
  /** rows that wait or are in work */
  queueRows(): number
  /** clients of the event stream */
  eventClients(): number
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120]

/** The closed list of reasons, first fit: a row's own sentence may quote what a model wrote. */
const REASONS: readonly (readonly [reason: string, sentence: RegExp])[] = [
  ['timeout', /tim(?:e|ed)[ -]?out|too long/i],
  ['failed', /^failed|fail|error/i],
  ['missing-input', /\b(?:is missing|needs|has no|without)\b/i],
  ['no-answer', /\bno (?:\w+ )?(?:answer|value|number|code|json|box)/i],
]

export function reasonClass(sentence: string | undefined): string {
  if (sentence === undefined) return 'other'
  return REASONS.find(([, pattern]) => pattern.test(sentence))?.[0] ?? 'other'
}

export class Metrics implements ServiceObserver {
  readonly #registry = new Registry()
  readonly #requests: Counter<'protocol' | 'status'>
  readonly #requestSeconds: Histogram<'protocol'>
  readonly #signalSeconds: Histogram<'signal'>
  readonly #rows: Counter<'protocol' | 'valid'>
  readonly #invalid: Counter<'signal' | 'reason'>
  readonly #cacheHits: Counter
  readonly #repeats: Counter<'protocol'>
  readonly #reward: Gauge<'column' | 'statistic'>
  readonly #loop = monitorEventLoopDelay({ resolution: 20 })

  constructor(sources: MetricsSources) {
    const registers = [this.#registry]
    this.#requests = new Counter({
      name: 'guerdon_requests_total',
      help: 'Requests by protocol and status; 499 = the client went away.',
      labelNames: ['protocol', 'status'],
      registers,
    })
    this.#requestSeconds = new Histogram({
      name: 'guerdon_request_duration_seconds',
      help: 'Time from the first header of a request to the last byte of its answer.',
      labelNames: ['protocol'],
      buckets: SECONDS,
      registers,
    })
    this.#signalSeconds = new Histogram({
      name: 'guerdon_signal_duration_seconds',
      help: 'Time of one signal call on one batch.',
      labelNames: ['signal'],
      buckets: SECONDS,
      registers,
    })
    this.#rows = new Counter({
      name: 'guerdon_rows_total',
      help: 'Scored rows.',
      labelNames: ['protocol', 'valid'],
      registers,
    })
    this.#invalid = new Counter({
      name: 'guerdon_invalid_rows_total',
      help: 'Rows that a signal could not score.',
      labelNames: ['signal', 'reason'],
      registers,
    })
    this.#cacheHits = new Counter({
      name: 'guerdon_cache_hits_total',
      help: 'Rows whose verdicts were known already.',
      registers,
    })
    this.#repeats = new Counter({
      name: 'guerdon_repeated_requests_total',
      help: 'Requests that were answered with the scores of an earlier, equal one.',
      labelNames: ['protocol'],
      registers,
    })
    this.#reward = new Gauge({
      name: 'guerdon_reward',
      help: 'Statistics of the last scored batch, by column; invalid rows are left out.',
      labelNames: ['column', 'statistic'],
      registers,
    })
    this.#readings(sources)
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  text(): Promise<string> {
    return this.#registry.metrics()
  }

  onRequest({ protocol, status, seconds }: RequestEvent): void {
    this.#requests.inc({ protocol, status: String(status) })
    this.#requestSeconds.observe({ protocol }, seconds)
  }

  onRepeated(_batch: string, protocol: string): void {
    this.#repeats.inc({ protocol })
  }

  onScored({ batches, timings, cachedRows }: ScoredEvent): void {
    this.#cacheHits.inc(cachedRows)
    for (const { signal, seconds } of timings) this.#signalSeconds.observe({ signal }, seconds)
    for (const batch of batches) this.#countRows(batch)
    this.#setMeans(batches)
  }

  close(): void {
    this.#loop.disable()
    this.#registry.clear()
  }

  #countRows({ protocol, rows }: BatchRecord): void {
    let valid = 0
    for (const row of rows) {
      if (row.reward !== null) valid++
      for (const signal in row.columns) {
        if (row.columns[signal] !== null) continue
        this.#invalid.inc({ signal, reason: reasonClass(row.reasons[signal]) })
      }
    }
    if (valid > 0) this.#rows.inc({ protocol, valid: 'true' }, valid)
    if (valid < rows.length) this.#rows.inc({ protocol, valid: 'false' }, rows.length - valid)
  }

  #setMeans(batches: readonly BatchRecord[]): void {
    const sums = new Map<string, { sum: number; count: number }>()
    const add = (column: string, value: ScoredRow['columns'][string]): void => {
      if (typeof value !== 'number') return
      const total = sums.get(column)
      if (total === undefined) sums.set(column, { sum: value, count: 1 })
      else {
        total.sum += value
        total.count++
      }
    }
    for (const { rows } of batches) {
      for (const row of rows) {
        add('reward', row.reward)
        for (const column in row.columns) add(column, row.columns[column]!)
      }
    }
    for (const [column, { sum, count }] of sums) this.#reward.set({ column, statistic: 'mean' }, sum / count)
  }

  #readings(sources: MetricsSources): void {
    this.#loop.enable()
    const loop = this.#loop
    const reading = (name: string, help: string, read: () => number): void => {
      new Gauge({
        name,
        help,
        registers: [this.#registry],
        collect() {
          this.set(read())
        },
      })
    }
    reading('guerdon_queue_rows', 'Rows that wait or are in work.', () => sources.queueRows())
    reading('guerdon_event_clients', 'Clients of the event stream.', () => sources.eventClients())
    reading(
      'guerdon_event_loop_delay_seconds',
      'How late timers were since the last reading: the 99 % quantile.',
      () => {
        const seconds = loop.percentile(99) / 1e9
        loop.reset()
        return seconds
      },
    )
    reading('process_resident_memory_bytes', 'Memory of the process.', () => process.memoryUsage.rss())
    reading(
      'nodejs_heap_size_used_bytes',
      'Memory of JavaScript’s objects.',
      () => process.memoryUsage().heapUsed,
    )
    const started = Date.now() / 1000 - process.uptime()
    reading('process_start_time_seconds', 'When the process began, seconds since 1970.', () => started)
  }
}
