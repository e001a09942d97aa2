/** The order in which rows are seen: a new permutation each epoch, the same for the same seed, known for any step. */
import { RandomStream } from '../numerics/random.ts'

/**
 * Rows of one step, counted from 1. Each epoch is a permutation of all rows cut into whole batches; rows that do not
 * fill a batch are left to the next epoch's permutation. With fewer rows than a batch holds, rows repeat.
 */
export function epochOrder(rows: number, batch: number, seed: number): (step: number) => Int32Array {
  const perEpoch = Math.max(1, Math.floor(rows / batch))
  let epoch = -1
  let order = new Int32Array(0)
  return (step) => {
    const wanted = Math.floor((step - 1) / perEpoch)
    if (wanted !== epoch) {
      epoch = wanted
      const stream = new RandomStream(seed).derive(`epoch ${epoch}`)
      const length = Math.max(rows, batch)
      order = new Int32Array(length)
      for (let index = 0; index < length; index++) order[index] = index % rows
      for (let index = length - 1; index > 0; index--) {
        const other = stream.below(index + 1)
        const kept = order[index]!
        order[index] = order[other]!
        order[other] = kept
      }
    }
    const from = ((step - 1) % perEpoch) * batch
    return order.slice(from, from + batch)
  }
}

/** Steps that an epoch of whole batches takes. @example stepsPerEpoch(1000, 128) // 7 */
export const stepsPerEpoch = (rows: number, batch: number): number => Math.max(1, Math.floor(rows / batch))
