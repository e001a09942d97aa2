/**
 * A pool of worker threads that each run one program at a time. A run that exceeds its wall-clock limit loses its
 * worker, which is terminated and replaced; so does a worker that dies. Nothing a program does reaches another run.
 */
import { Worker } from 'node:worker_threads'
import { GuerdonError, messageOf } from '../../../records/error.ts'
import type { SandboxJob, SandboxOutcome, WorkerReply, WorkerSetup } from './sandbox-job.ts'

/** A worker that has not said it is ready after this long never will. */
const START_LIMIT_MILLISECONDS = 60_000

/** How a run ended and how long it took, waiting not counted. */
export type TimedOutcome = SandboxOutcome & { readonly milliseconds: number }

interface Task {
  readonly job: SandboxJob
  readonly wallMilliseconds: number
  readonly resolve: (outcome: TimedOutcome) => void
  readonly reject: (error: Error) => void
  readonly abort: AbortSignal | undefined
  readonly onAbort: () => void
}

interface Slot {
  worker: Worker
  ready: boolean
  task: Task | undefined
  taskId: number
  startedAt: number
  timer: NodeJS.Timeout | undefined
}

export interface PoolOptions {
  /** number of workers */
  readonly size: number
  /** the worker's file */
  readonly file: URL
  readonly setup: WorkerSetup
  /** the first worker prepares a seed, and the others start only then, much faster than they would without */
  readonly seeded?: boolean
  /** MB of the worker's JavaScript heap; the interpreter's own memory has a limit of its own */
  readonly heapMegabytes?: number
}

const cancelled = () => new GuerdonError('RUN_CANCELLED', 'the run of a program was cancelled')

export class SandboxPool {
  readonly size: number
  readonly #options: PoolOptions
  readonly #slots = new Set<Slot>()
  readonly #queue: Task[] = []
  #nextId = 1
  #seed: SharedArrayBuffer | undefined
  #closed = false
  /** workers in a row that died before they were ready */
  #failedStarts = 0

  constructor(options: PoolOptions) {
    this.#options = options
    this.size = options.size
  }

  /**
   * Runs one program and says how it ended; waits for a free worker, and only the run itself counts for the limit.
   * @throws GuerdonError SANDBOX_FAILED when no worker can be started, RUN_CANCELLED when aborted or closed
   */
  run(job: SandboxJob, wallMilliseconds: number, abort?: AbortSignal): Promise<TimedOutcome> {
    return new Promise((resolve, reject) => {
      if (this.#closed || abort?.aborted) {
        reject(cancelled())
        return
      }
      const onAbort = () => this.#cancel(task)
      const task: Task = { job, wallMilliseconds, resolve, reject, abort, onAbort }
      abort?.addEventListener('abort', onAbort, { once: true })
      this.#queue.push(task)
      this.#dispatch()
    })
  }

  /** Terminates every worker; runs that have not ended are rejected. */
  async close(): Promise<void> {
    this.#closed = true
    const slots = [...this.#slots]
    this.#slots.clear()
    for (const slot of slots) {
      clearTimeout(slot.timer)
      if (slot.task !== undefined) this.#reject(slot.task, cancelled())
    }
    for (const task of this.#queue.splice(0)) this.#reject(task, cancelled())
    await Promise.all(slots.map((slot) => slot.worker.terminate()))
  }

  #reject(task: Task, error: Error): void {
    task.abort?.removeEventListener('abort', task.onAbort)
    task.reject(error)
  }

  #cancel(task: Task): void {
    const waiting = this.#queue.indexOf(task)
    if (waiting !== -1) this.#queue.splice(waiting, 1)
    else {
      const slot = [...this.#slots].find((candidate) => candidate.task === task)
      if (slot === undefined) return
      slot.task = undefined
      this.#discard(slot)
    }
    this.#reject(task, cancelled())
    this.#dispatch()
  }

  /** Gives waiting runs to free workers and starts workers while there are more runs than workers. */
  #dispatch(): void {
    if (this.#closed) return
    for (const slot of this.#slots) {
      if (this.#queue.length === 0) break
      if (slot.ready && slot.task === undefined) this.#assign(slot, this.#queue.shift()!)
    }
    let starting = 0
    for (const slot of this.#slots) if (!slot.ready) starting++
    const size = this.#options.seeded && this.#seed === undefined ? 1 : this.size
    while (this.#slots.size < size && starting < this.#queue.length) {
      this.#start()
      starting++
    }
  }

  #assign(slot: Slot, task: Task): void {
    slot.task = task
    slot.taskId = this.#nextId++
    slot.startedAt = performance.now()
    slot.worker.ref()
    slot.timer = setTimeout(() => {
      this.#settle(slot, {
        end: 'time-limit',
        reason: `ran longer than ${task.wallMilliseconds / 1000} s`,
        stdout: '',
        stderr: '',
      })
      this.#replace(slot)
    }, task.wallMilliseconds)
    slot.worker.postMessage({ id: slot.taskId, job: task.job })
  }

  #settle(slot: Slot, outcome: SandboxOutcome): void {
    clearTimeout(slot.timer)
    const { task } = slot
    slot.task = undefined
    if (task === undefined) return
    task.abort?.removeEventListener('abort', task.onAbort)
    task.resolve({ ...outcome, milliseconds: performance.now() - slot.startedAt })
  }

  #discard(slot: Slot): void {
    clearTimeout(slot.timer)
    this.#slots.delete(slot)
    void slot.worker.terminate()
  }

  /** A spent worker's successor starts at once, so that it is warm when the next run comes. */
  #replace(slot: Slot): void {
    this.#discard(slot)
    if (!this.#closed && this.#slots.size < this.size) this.#start()
    this.#dispatch()
  }

  #start(): void {
    const { file, setup, heapMegabytes = 256 } = this.#options
    const worker = new Worker(file, {
      workerData: this.#seed === undefined ? setup : { ...setup, seed: this.#seed },
      env: {},
      argv: [],
      execArgv: [],
      stdin: true,
      stdout: true,
      stderr: true,
      trackUnmanagedFds: true,
      resourceLimits: { maxOldGenerationSizeMb: heapMegabytes, stackSizeMb: 16 },
    })
    // What leaks past the interpreter into the worker's own streams goes nowhere; unread, it would fill memory.
    worker.stdout.resume()
    worker.stderr.resume()
    const slot: Slot = { worker, ready: false, task: undefined, taskId: 0, startedAt: 0, timer: undefined }
    this.#slots.add(slot)
    slot.timer = setTimeout(() => this.#lost(slot, 'did not start in time'), START_LIMIT_MILLISECONDS)
    worker.on('message', (reply: WorkerReply) => this.#receive(slot, reply))
    worker.on('error', (error) => this.#lost(slot, messageOf(error)))
    worker.on('exit', (code) => this.#lost(slot, `its worker ended with code ${code}`))
  }

  #receive(slot: Slot, reply: WorkerReply): void {
    if (!this.#slots.has(slot)) return
    if (reply.kind === 'unusable') {
      this.#lost(slot, reply.reason)
    } else if (reply.kind === 'ready') {
      clearTimeout(slot.timer)
      slot.ready = true
      this.#seed ??= reply.seed
      this.#failedStarts = 0
      slot.worker.unref()
      this.#dispatch()
    } else if (slot.task !== undefined && reply.id === slot.taskId) {
      this.#settle(slot, reply.outcome)
      slot.worker.unref()
      if (reply.spent) this.#replace(slot)
      else this.#dispatch()
    }
  }

  /** A worker died or cannot work: its run ends as a crash; two that never came up fail the whole pool. */
  #lost(slot: Slot, reason: string): void {
    if (!this.#slots.has(slot)) return
    const wasReady = slot.ready
    this.#settle(slot, { end: 'crash', reason: `the sandbox broke down: ${reason}`, stdout: '', stderr: '' })
    if (wasReady) {
      this.#replace(slot)
      return
    }
    this.#discard(slot)
    this.#failedStarts++
    if (this.#failedStarts < 2) {
      this.#dispatch()
      return
    }
    this.#failedStarts = 0
    const error = new GuerdonError('SANDBOX_FAILED', `no sandbox worker could be started: ${reason}`)
    for (const task of this.#queue.splice(0)) this.#reject(task, error)
  }
}
