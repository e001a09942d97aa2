/**
 * Group commit: what is submitted while a transaction commits goes together into the next one. Under load one flush
 * to the disk serves many requests; without load a request waits for nothing.
 */

/** What a commit says of one entry. */
export type CommitResult<Result> =
  | { readonly ok: true; readonly value: Result }
  | { readonly ok: false; readonly error: Error }

interface Waiting<Entry, Result> {
  readonly entry: Entry
  readonly weight: number
  readonly resolve: (value: Result) => void
  readonly reject: (error: Error) => void
}

export class GroupCommit<Entry, Result> {
  readonly #commit: (entries: readonly Entry[]) => Promise<readonly CommitResult<Result>[]>
  readonly #maximumWeight: number
  #queue: Waiting<Entry, Result>[] = []
  #running: Promise<void> | undefined

  /**
   * @param commit commits entries in one transaction, in order; resolves when they are durable
   * @param maximumWeight of one transaction; an entry that is heavier alone gets one of its own
   */
  constructor(
    commit: (entries: readonly Entry[]) => Promise<readonly CommitResult<Result>[]>,
    maximumWeight: number,
  ) {
    this.#commit = commit
    this.#maximumWeight = maximumWeight
  }

  submit(entry: Entry, weight: number): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ entry, weight, resolve, reject })
      this.#running ??= this.#run()
    })
  }

  /** Resolves when nothing is waiting any more. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running
  }

  async #run(): Promise<void> {
    // Requests that arrive in the same turn of the event loop share the first transaction already.
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#queue.length > 0) {
      const taken = this.#take()
      try {
        const results = await this.#commit(taken.map(({ entry }) => entry))
        taken.forEach(({ resolve, reject }, index) => {
          const result = results[index]!
          if (result.ok) resolve(result.value)
          else reject(result.error)
        })
      } catch (error) {
        for (const { reject } of taken) reject(error as Error)
      }
    }
    this.#running = undefined
  }

  #take(): Waiting<Entry, Result>[] {
    let weight = 0
    let count = 0
    for (const waiting of this.#queue) {
      weight += waiting.weight
      if (count > 0 && weight > this.#maximumWeight) break
      count++
    }
    return this.#queue.splice(0, count)
  }
}
