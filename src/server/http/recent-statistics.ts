/** Mean and standard deviation of named numbers over the last batches, whatever sizes these had. */

interface Moments {
  count: number
  mean: number
  /** sum of squared distances from the mean */
  squares: number
}

export interface RecentStatistic {
  readonly mean: number
  /** of the population: 0 for one number */
  readonly std: number
}

/**
 * Keeps count, mean and sum of squares of each name for every one of the last batches and joins them when asked:
 * `M2 = M2a + M2b + δ²·na·nb/(na + nb)` (Chan, Golub and LeVeque 1979), which loses nothing far from 0.
 *
 * @example
 * const recent = new RecentStatistics(2)
 * recent.begin()
 * recent.add('reward', 1)
 * recent.add('reward', 3)
 * recent.of('reward') // { mean: 2, std: 1 }
 */
export class RecentStatistics {
  readonly #most: number
  readonly #batches: Map<string, Moments>[] = []

  /** @param batches how many of the last ones count, at least 1 */
  constructor(batches: number) {
    this.#most = batches
  }

  /** What is added from here on belongs to a new batch; the oldest one goes when there are too many. */
  begin(): void {
    this.#batches.push(new Map())
    if (this.#batches.length > this.#most) this.#batches.shift()
  }

  /** Adds a finite number to the batch that was begun last. */
  add(name: string, value: number): void {
    const batch = this.#batches.at(-1)
    if (batch === undefined) throw new RangeError('no batch was begun')
    const known = batch.get(name)
    if (known === undefined) {
      batch.set(name, { count: 1, mean: value, squares: 0 })
      return
    }
    known.count++
    const distance = value - known.mean
    known.mean += distance / known.count
    known.squares += distance * (value - known.mean)
  }

  /** Names that one of the kept batches has, in the order of their coming. */
  get names(): readonly string[] {
    return [...new Set(this.#batches.flatMap((batch) => [...batch.keys()]))]
  }

  /** Undefined for a name that none of the kept batches has. */
  of(name: string): RecentStatistic | undefined {
    const all: Moments = { count: 0, mean: 0, squares: 0 }
    for (const batch of this.#batches) {
      const part = batch.get(name)
      if (part === undefined) continue
      const count = all.count + part.count
      const distance = part.mean - all.mean
      all.squares += part.squares + (distance * distance * all.count * part.count) / count
      all.mean += (distance * part.count) / count
      all.count = count
    }
    return all.count === 0 ? undefined : { mean: all.mean, std: Math.sqrt(all.squares / all.count) }
  }
}
