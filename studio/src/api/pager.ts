/** Items of a long list (rows, groups), loaded page by page as a person comes to them, and let go of when they are far away. */
import { ApiError } from './client.ts'

export interface PagerState {
  /** items that can be scrolled to now */
  readonly count: number
  readonly complete: boolean
  /** items that match; null when the server does not count them */
  readonly matching: number | null
  readonly error: ApiError | undefined
  /** false until the first page is there */
  readonly started: boolean
}

export interface ItemPage<Item> {
  readonly items: readonly Item[]
  /** cursor of the next page; null at the end */
  readonly next: string | null
  readonly matching: number | null
}
type Fetch<Item> = (after: string | null, abort: AbortSignal) => Promise<ItemPage<Item>>

/** Pages that are kept; with 200 rows of 2 kB a page that is about 10 MB. */
const keptPages = 24

export class Pager<Item> {
  readonly #fetch: Fetch<Item>
  #abort = new AbortController()
  readonly #listeners = new Set<() => void>()
  /** cursor of each page that can be asked for; the first page has none */
  readonly #cursors: (string | null)[] = [null]
  /** index of the first item of each known page */
  readonly #starts: number[] = [0]
  readonly #pages = new Map<number, readonly Item[]>()
  readonly #asked = new Set<number>()
  #state: PagerState = { count: 0, complete: false, matching: null, error: undefined, started: false }

  constructor(fetch: Fetch<Item>) {
    this.#fetch = fetch
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
  readonly read = (): PagerState => this.#state

  /** The item at an index, or undefined while its page is on its way. */
  item(index: number): Item | undefined {
    const page = this.#pageOf(index)
    return this.#pages.get(page)?.[index - this.#starts[page]!]
  }

  #pageOf(index: number): number {
    return Math.max(
      0,
      this.#starts.findLastIndex((start) => start <= index),
    )
  }

  /** Loads what items `first` to `last` need, and the next page when the end comes near. */
  need(first: number, last: number): void {
    const from = this.#pageOf(first)
    const to = this.#pageOf(last)
    for (let page = from; page <= to; page++) this.#load(page)
    const { count, complete } = this.#state
    if (!complete && last > count - 100) this.#load(this.#cursors.length - 1)
    if (this.#pages.size > keptPages) {
      const middle = (from + to) / 2
      const far = [...this.#pages.keys()].sort((a, b) => Math.abs(b - middle) - Math.abs(a - middle))
      for (const page of far.slice(0, this.#pages.size - keptPages)) {
        this.#pages.delete(page)
        this.#asked.delete(page)
      }
    }
  }

  /** Asks again for what failed. */
  retry(): void {
    this.#set({ error: undefined })
    for (const page of [...this.#asked]) {
      if (this.#pages.has(page)) continue
      this.#asked.delete(page)
      this.#load(page)
    }
  }

  /** Stops what is on its way. A later `need` asks for it again. */
  close(): void {
    this.#abort.abort()
    this.#abort = new AbortController()
    for (const page of [...this.#asked]) if (!this.#pages.has(page)) this.#asked.delete(page)
  }

  #set(changes: Partial<PagerState>): void {
    this.#state = { ...this.#state, ...changes }
    for (const listener of this.#listeners) listener()
  }

  #load(page: number): void {
    if (this.#asked.has(page)) return
    this.#asked.add(page)
    const { signal } = this.#abort
    this.#fetch(this.#cursors[page]!, signal).then(
      (answer) => {
        if (!signal.aborted) this.#take(page, answer)
      },
      (error) => {
        if (signal.aborted) return
        this.#set({ error: error instanceof ApiError ? error : new ApiError('UNREADABLE', String(error)) })
      },
    )
  }

  #take(page: number, { items, next, matching }: ItemPage<Item>): void {
    this.#pages.set(page, items)
    const end = this.#starts[page]! + items.length
    if (page === this.#cursors.length - 1 && next !== null) {
      this.#cursors.push(next)
      this.#starts.push(end)
    }
    const { count, complete } = this.#state
    this.#set({
      count: Math.max(count, end),
      complete: complete || next === null,
      matching: matching ?? this.#state.matching,
      error: undefined,
      started: true,
    })
  }
}
