/** One server-sent event stream of the studio, with reconnection and what came since the person last looked. */
import type { BatchEvent, SpecEvent } from '../../../src/server/studio/schemas.ts'
import { apiAddress } from '../api/client.ts'

export type Connection = 'connecting' | 'open' | 'lost' | 'stopping'

export interface LiveState {
  readonly connection: Connection
  readonly paused: boolean
  /** batches and rows that came and are not shown in lists yet */
  readonly waitingBatches: number
  readonly waitingRows: number
  /** grows whenever charts should ask again */
  readonly charts: number
  /** grows whenever lists should ask again: only when the person says so, because rows must not move under the eyes */
  readonly lists: number
  /** grows with each alert */
  readonly alerts: number
  readonly spec: SpecEvent | null
}

/** Charts follow a run at most this often. */
const chartInterval = 3000
/** A stream that the server refused is tried again after this long. */
const retryInterval = 5000

export class LiveSource {
  #state: LiveState = {
    connection: 'connecting',
    paused: false,
    waitingBatches: 0,
    waitingRows: 0,
    charts: 0,
    lists: 0,
    alerts: 0,
    spec: null,
  }
  readonly #listeners = new Set<() => void>()
  readonly #run: string | null
  #source: EventSource | undefined
  #retry: ReturnType<typeof setTimeout> | undefined
  #chartTimer: ReturnType<typeof setTimeout> | undefined

  constructor(run: string | null) {
    this.#run = run
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
  readonly read = (): LiveState => this.#state

  #set(changes: Partial<LiveState>): void {
    this.#state = { ...this.#state, ...changes }
    for (const listener of this.#listeners) listener()
  }

  open(): void {
    this.close()
    const source = new EventSource(apiAddress('/events', { run: this.#run }))
    this.#source = source
    source.onopen = () => {
      // What was missed while the line was cut is asked for, whether or not the server still knows the last id.
      const missed = this.#state.connection === 'lost'
      this.#set({ connection: 'open' })
      if (missed && !this.#state.paused) this.#set({ charts: this.#state.charts + 1 })
    }
    source.onerror = () => {
      this.#set({ connection: 'lost' })
      if (source.readyState !== EventSource.CLOSED) return
      clearTimeout(this.#retry)
      this.#retry = setTimeout(() => this.open(), retryInterval)
    }
    source.addEventListener('batch', (event) => {
      const { batches, rows } = JSON.parse(event.data) as BatchEvent
      this.#set({
        waitingBatches: this.#state.waitingBatches + batches,
        waitingRows: this.#state.waitingRows + rows,
      })
      this.#followCharts()
    })
    source.addEventListener('alert', () => this.#set({ alerts: this.#state.alerts + 1 }))
    source.addEventListener('spec', (event) => this.#set({ spec: JSON.parse(event.data) as SpecEvent }))
    source.addEventListener('stopping', () => this.#set({ connection: 'stopping' }))
  }

  #followCharts(): void {
    if (this.#state.paused || this.#chartTimer !== undefined) return
    this.#chartTimer = setTimeout(() => {
      this.#chartTimer = undefined
      if (!this.#state.paused) this.#set({ charts: this.#state.charts + 1 })
    }, chartInterval)
  }

  /** Everything new is shown now. */
  readonly show = (): void => {
    const { charts, lists } = this.#state
    this.#set({ charts: charts + 1, lists: lists + 1, waitingBatches: 0, waitingRows: 0 })
  }

  readonly togglePause = (): void => {
    const paused = !this.#state.paused
    this.#set({ paused })
    if (!paused) this.#set({ charts: this.#state.charts + 1 })
  }

  readonly dismissSpec = (): void => this.#set({ spec: null })

  close(): void {
    this.#source?.close()
    clearTimeout(this.#retry)
    clearTimeout(this.#chartTimer)
    this.#chartTimer = undefined
  }
}
