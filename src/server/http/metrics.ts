/** The figures of `GET /metrics`, in a registry of their own. No label holds anything that a client wrote. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { BatchRecord } from '../../store/store.ts'
import type { RequestEvent, ServiceObserver } from '../observer.ts'
import type { ScoredEvent } from '../scoring/scoring-listener.ts'
import { reasonClass } from './reason-class.ts'
import { RecentStatistics } from './recent-statistics.ts'

export interface MetricsSources {
  /** rows that wait or are in work */
  queueRows(): number
  /** clients of the event stream */
  eventClients(): number
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120]

/** Batches that the statistics of rewards are taken over: enough that one small batch does not shake them. */
const RECENT_BATCHES = 64

export class Metrics implements ServiceObserver {
  readonly #registry = new Registry()
  readonly #requests: Counter<'protocol' | 'status'>
  readonly #requestSeconds: Histogram<'protocol'>
  readonly #signalSeconds: Histogram<'signal'>
  readonly #rows: Counter<'protocol' | 'valid'>
  readonly #invalid: Counter<'signal' | 'reason'>
  readonly #cacheHits: Counter
  readonly #repeats: Counter<'protocol'>
  readonly #recent = new RecentStatistics(RECENT_BATCHES)
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
  }

  close(): void {
    this.#loop.disable()
    this.#registry.clear()
  }

  #countRows({ protocol, rows }: BatchRecord): void {
    let valid = 0
    this.#recent.begin()
    for (const row of rows) {
      if (row.reward !== null) {
        valid++
        this.#recent.add('reward', row.reward)
      }
      for (const signal in row.columns) {
        const value = row.columns[signal]
        if (typeof value === 'number') this.#recent.add(signal, value)
        else if (value === null) this.#invalid.inc({ signal, reason: reasonClass(row.reasons[signal]) })
      }
    }
    if (valid > 0) this.#rows.inc({ protocol, valid: 'true' }, valid)
    if (valid < rows.length) this.#rows.inc({ protocol, valid: 'false' }, rows.length - valid)
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
    const recent = this.#recent
    new Gauge({
      name: 'guerdon_reward',
      help: `Mean and standard deviation over the valid rows of the last ${RECENT_BATCHES} batches, by column.`,
      labelNames: ['column', 'statistic'],
      registers: [this.#registry],
      collect() {
        // Columns of a spec that is no longer served go with their last batch.
        this.reset()
        for (const column of recent.names) {
          const { mean, std } = recent.of(column)!
          this.set({ column, statistic: 'mean' }, mean)
          this.set({ column, statistic: 'std' }, std)
        }
      },
    })
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
