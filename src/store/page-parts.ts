/** The stretches that an order is made of. */
import { byReward, type RowCursor } from './row-cursor.ts'
import type { RowFilter, RowOrder } from './store.ts'

/** With orders by reward, invalid rows are a stretch of their own behind the valid ones. */
export interface PagePart {
  readonly invalid: boolean
  /** the last row that was shown already */
  readonly after: RowCursor | undefined
}

/** The parts that a page can lie in, in order; those that the cursor has passed are left out. */
export function pageParts(order: RowOrder, filter: RowFilter, after: RowCursor | undefined): PagePart[] {
  if (!byReward(order)) return [{ invalid: false, after }]
  const isInInvalid = after !== undefined && after.reward === null
  const parts: PagePart[] = []
  if (filter.valid !== false && !isInInvalid) parts.push({ invalid: false, after })
  if (filter.valid !== true) parts.push({ invalid: true, after: isInInvalid ? after : undefined })
  return parts
}
