/**
 * Watches the rewards that are being served: feeds scored rows to a worker that runs the detectors, and hands on what
 * they say. Under more load than the worker can look at, whole batches are left out, never a request delayed.
 */
import { Worker } from 'node:worker_threads'
import type { Alert } from '../../audit/alert.ts'
import type { AuditRow } from '../../audit/audit-table.ts'
import { watchedRow } from '../../audit/watched-row.ts'
import type { ScoredEvent, ScoringListener } from '../scoring/scoring-listener.ts'
import type { WatchMessage, WatchReply } from './watch-worker.ts'

export interface LiveWatchOptions {
  /** the logged column that the detectors hold the reward against */
  readonly heldBack?: string | undefined
  /** least seconds between two evaluations; default 5 */
  readonly pause?: number | undefined
  onAlert(alert: Alert): void
  /** told when the detectors fail: the watch goes on */
  onFailure(reason: string): void
}

/** Rows that may be on their way to the worker, more are left out: a whole short run that is posted at once fits. */
const mostUnseen = 20_000
/** Rows a second that the worker is given: its last window is then at most two seconds old. */
const rowsPerSecond = 1000
/** The detectors take at most this share of one core. */
const share = 0.1

/** Beside this file and of its kind: TypeScript from the sources, JavaScript when built. */
function workerFile(here: string = import.meta.url): URL {
  return new URL(`./watch-worker${here.endsWith('.ts') ? '.ts' : '.js'}`, here)
}

export class LiveWatch implements ScoringListener {
  readonly #options: LiveWatchOptions
  readonly #worker: Worker
  #unseen = 0
  #fresh = 0
  #allowed = mostUnseen
  #allowedAt = performance.now()
  #evaluating = false
  #timer: NodeJS.Timeout | undefined
  #closed = false

  constructor(options: LiveWatchOptions) {
    this.#options = options
    this.#worker = new Worker(workerFile(), { workerData: { heldBack: options.heldBack }, execArgv: [] })
    this.#worker.unref()
    this.#worker.on('message', (reply: WatchReply) => this.#receive(reply))
    this.#worker.on('error', (error) => this.#options.onFailure(error.message))
  }

  onScored({ batches }: Pick<ScoredEvent, 'batches'>): void {
    if (this.#closed) return
    const now = performance.now()
    this.#allowed = Math.min(mostUnseen, this.#allowed + ((now - this.#allowedAt) / 1000) * rowsPerSecond)
    this.#allowedAt = now
    const rows: AuditRow[] = []
    for (const { rollouts, rows: scored } of batches) {
      // A batch is looked at whole or not at all, so that its groups stay whole.
      if (rows.length >= this.#allowed || this.#unseen + rows.length >= mostUnseen) continue
      for (const [index, rollout] of rollouts.entries()) rows.push(watchedRow(rollout, scored[index]!))
    }
    if (rows.length === 0) return
    this.#allowed -= rows.length
    this.#unseen += rows.length
    this.#fresh += rows.length
    this.#send({ kind: 'rows', rows })
    this.#schedule((this.#options.pause ?? 5) * 1000)
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.#worker.terminate()
  }

  #send(message: WatchMessage): void {
    this.#worker.postMessage(message)
  }

  #schedule(milliseconds: number): void {
    if (this.#timer !== undefined || this.#evaluating || this.#closed) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#evaluating = true
      this.#fresh = 0
      this.#send({ kind: 'evaluate' })
    }, milliseconds)
    this.#timer.unref()
  }

  #receive(reply: WatchReply): void {
    if (reply.kind === 'failed') this.#options.onFailure(reply.reason)
    if (reply.kind !== 'evaluated') this.#unseen -= reply.rows
    if (reply.kind === 'seen' || (reply.kind === 'failed' && !reply.evaluated)) return
    this.#evaluating = false
    if (reply.kind === 'evaluated') for (const alert of reply.alerts) this.#options.onAlert(alert)
    const seconds = reply.kind === 'evaluated' ? reply.seconds : 0
    if (this.#fresh > 0) this.#schedule(1000 * Math.max(this.#options.pause ?? 5, seconds / share))
  }
}
