/** Where a page of rows ended: the last row's sequence and, when rows are ordered by reward, its reward. */
import { GuerdonError } from '../records/error.ts'
import type { RowOrder } from './store.ts'

export interface RowCursor {
  readonly sequence: number
  /** null = invalid: such rows come after all others, whichever way the valid ones are ordered */
  readonly reward: number | null
}

export function byReward(order: RowOrder): boolean {
  return order === 'lowest-reward' || order === 'highest-reward'
}

/** Whether sequences rise along the order; rows of equal reward follow the same direction. */
export function rises(order: RowOrder): boolean {
  return order === 'oldest' || order === 'lowest-reward'
}

/** @example writeCursor('lowest-reward', { sequence: 7, reward: 0.5 }) // '7:0.5' */
export function writeCursor(order: RowOrder, { sequence, reward }: RowCursor): string {
  return byReward(order) ? `${sequence}:${reward ?? 'invalid'}` : String(sequence)
}

/**
 * The place that a cursor of this order names; undefined for the first page.
 *
 * @throws GuerdonError ARGUMENT_INVALID for a text that no page of this order ended with
 */
export function readCursor(order: RowOrder, after: string | undefined): RowCursor | undefined {
  if (after === undefined) return undefined
  const [, digits, reward] = /^(\d{1,15})(?::(.+))?$/.exec(after) ?? []
  const value = reward === 'invalid' ? null : Number(reward)
  const isWhole = digits !== undefined && (reward !== undefined) === byReward(order)
  if (!isWhole || (reward !== undefined && value !== null && !Number.isFinite(value))) {
    throw new GuerdonError('ARGUMENT_INVALID', 'is no place to go on from', {
      where: { field: 'after' },
      found: after,
      expected: `the "next" of a page in the order ${order}`,
    })
  }
  return { sequence: Number(digits), reward: reward === undefined ? null : value }
}
