/** Relations in arrays, for data that fits into memory. */
import type { Relation, RelationBatch, Relations } from './relation.ts'

const batchSize = 4096

class MemoryRelation implements Relation {
  #columns: Float64Array[]
  readonly #bytes: Uint8Array[] | undefined
  #order: Uint32Array | undefined
  size = 0

  constructor(columns: number, withBytes: boolean) {
    this.#columns = Array.from({ length: columns }, () => new Float64Array(1024))
    this.#bytes = withBytes ? [] : undefined
  }

  append(values: ArrayLike<number>, bytes?: Uint8Array): void {
    if (this.size === this.#columns[0]!.length) {
      this.#columns = this.#columns.map((column) => {
        const larger = new Float64Array(2 * column.length)
        larger.set(column)
        return larger
      })
    }
    for (let column = 0; column < this.#columns.length; column++)
      this.#columns[column]![this.size] = values[column]!
    // A view would keep the caller's whole buffer, or change with it.
    this.#bytes?.push(new Uint8Array(bytes!))
    this.size++
  }

  #compare = (left: number, right: number): number => {
    for (const column of this.#columns) {
      const gap = column[left]! - column[right]!
      if (gap !== 0) return gap
    }
    return left - right
  }

  #isRepeated(order: Uint32Array, rank: number, keys: number): boolean {
    const same = (other: number): boolean => {
      if (other < 0 || other >= order.length) return false
      for (let key = 0; key < keys; key++)
        if (this.#columns[key]![order[rank]!] !== this.#columns[key]![order[other]!]) return false
      return true
    }
    return same(rank - 1) || same(rank + 1)
  }

  async *sorted(repeated = 0): AsyncGenerator<RelationBatch> {
    this.#order ??= Uint32Array.from({ length: this.size }, (_, row) => row).sort(this.#compare)
    const order = this.#order
    const columns = this.#columns.map(() => new Float64Array(batchSize))
    const rows = new Uint32Array(batchSize)
    let size = 0
    const batch = (): RelationBatch => ({ size, columns, bytes: (row) => this.#bytes![rows[row]!]! })
    for (let rank = 0; rank < order.length; rank++) {
      if (repeated > 0 && !this.#isRepeated(order, rank, repeated)) continue
      const row = order[rank]!
      for (let column = 0; column < columns.length; column++)
        columns[column]![size] = this.#columns[column]![row]!
      rows[size++] = row
      if (size < batchSize) continue
      yield batch()
      size = 0
    }
    if (size > 0) yield batch()
  }
}

/** Relations whose rows are held in memory: 8 bytes a number. */
export function memoryRelations(): Relations {
  return {
    engine: 'memory',
    open: async (_name, columns, withBytes = false) => new MemoryRelation(columns, withBytes),
    async [Symbol.asyncDispose]() {},
  }
}
