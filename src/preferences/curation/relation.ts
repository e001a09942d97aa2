/**
 * A table that is filled row by row and read back in the order of its columns: all that grouping, joining and ordering
 * of data larger than memory needs. Two back ends keep the same contract: arrays, and DuckDB on disk.
 */

export interface RelationBatch {
  readonly size: number
  /** one list a column, `size` numbers each; valid until the next batch is asked for */
  readonly columns: readonly Float64Array[]
  /** the bytes of a row, where the relation has them */
  bytes(row: number): Uint8Array
}

export interface Relation {
  /** rows appended so far */
  readonly size: number
  /** Appends one row: a finite number for each column, and bytes where the relation was opened with them. */
  append(values: ArrayLike<number>, bytes?: Uint8Array): void
  /**
   * The rows in ascending order of the first column, then of the second, and so on; rows equal in all columns in any
   * order. `repeated` leaves out rows whose first `repeated` columns occur once only. Nothing is appended any more.
   */
  sorted(repeated?: number): AsyncGenerator<RelationBatch>
}

export interface Relations extends AsyncDisposable {
  /** which back end it is, for the report */
  readonly engine: 'memory' | 'duckdb'
  open(name: string, columns: number, withBytes?: boolean): Promise<Relation>
}

/** Reads a sorted relation beside a file that is read in the same order. */
export class SortedCursor {
  readonly #batches: AsyncGenerator<RelationBatch>
  #batch: RelationBatch | undefined
  #at = 0

  constructor(relation: Relation) {
    this.#batches = relation.sorted()
  }

  /** Whether there is a row at hand; waits for the next batch where one is needed. */
  async ready(): Promise<boolean> {
    while (this.#batch === undefined || this.#at >= this.#batch.size) {
      const { value, done } = await this.#batches.next()
      if (done === true) {
        this.#batch = undefined
        return false
      }
      this.#batch = value
      this.#at = 0
    }
    return true
  }

  /** Whether the next row is at hand without waiting. */
  get atHand(): boolean {
    return this.#batch !== undefined && this.#at < this.#batch.size
  }

  value(column: number): number {
    return this.#batch!.columns[column]![this.#at]!
  }

  bytes(): Uint8Array {
    return this.#batch!.bytes(this.#at)
  }

  /** Goes to the next row; false when it has to be waited for with `ready`. */
  step(): boolean {
    this.#at++
    return this.atHand
  }
}

/** A run of rows of a sorted relation that agree in their first columns. */
export interface Run {
  readonly size: number
  /** the numbers of a column, `size` of them; the buffers are used again for the next run */
  readonly columns: readonly Float64Array[]
}

/** The runs of at least two rows that agree in their first `keys` columns; one run is held in memory at a time. */
export async function* repeatedRuns(relation: Relation, keys: number): AsyncGenerator<Run> {
  let columns: Float64Array[] = []
  let size = 0
  const differs = (batch: RelationBatch, row: number): boolean => {
    for (let key = 0; key < keys; key++) if (columns[key]![0] !== batch.columns[key]![row]) return true
    return false
  }
  for await (const batch of relation.sorted(keys)) {
    if (columns.length === 0) columns = batch.columns.map(() => new Float64Array(64))
    for (let row = 0; row < batch.size; row++) {
      if (size > 0 && differs(batch, row)) {
        if (size > 1) yield { size, columns }
        size = 0
      }
      if (size === columns[0]!.length) {
        columns = columns.map((column) => {
          const larger = new Float64Array(2 * column.length)
          larger.set(column)
          return larger
        })
      }
      for (let column = 0; column < columns.length; column++)
        columns[column]![size] = batch.columns[column]![row]!
      size++
    }
  }
  if (size > 1) yield { size, columns }
}
