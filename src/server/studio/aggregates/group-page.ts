/** Chooses the groups of one page: a filter, an order, and where the last page ended. */
import type { z } from 'zod'
import { GuerdonError } from '../../../records/error.ts'
import type { groupFilter, groupSort } from '../schemas.ts'
import type { GroupTable } from './group-table.ts'

export type GroupFilter = z.output<typeof groupFilter>
export type GroupSort = z.output<typeof groupSort>

/** Two signals disagree about a group from this rank correlation down: small groups reach −0.3 by chance. */
const DISAGREEMENT = -0.5

export interface ChosenGroups {
  /** places in the table, first one first */
  readonly groups: readonly number[]
  /** groups that the filter leaves */
  readonly matching: number
  readonly next: string | null
}

/** Whether a group passes a filter. Groups without a valid reward have no spread and are not all equal either. */
export function passes(table: GroupTable, group: number, filter: GroupFilter): boolean {
  switch (filter) {
    case 'all':
      return true
    case 'spread':
      return table.largest[group]! > table.least[group]!
    case 'all-equal':
      return table.valid[group]! >= 2 && table.largest[group] === table.least[group]
    case 'all-right':
      return table.right[group] === 1
    case 'all-wrong':
      return table.right[group] === -1
    case 'disagreement':
      return table.rankCorrelation[group]! <= DISAGREEMENT
  }
}

/** What a page is sorted by, largest first; groups without a valid reward come last. */
function keyOf(table: GroupTable, group: number, sort: GroupSort): number {
  const key =
    sort === 'newest'
      ? table.lastSequence[group]!
      : sort === 'widest'
        ? table.largest[group]! - table.least[group]!
        : sort === 'best'
          ? table.mean[group]!
          : -table.mean[group]!
  return Number.isNaN(key) ? Number.NEGATIVE_INFINITY : key
}

/**
 * The next `limit` groups after `after`, by one pass over the table. Groups of equal key follow each other newest
 * first; a page goes on strictly after the last group of the one before, also when new groups came in between.
 *
 * @throws GuerdonError ARGUMENT_INVALID when `after` is not the `next` of an earlier page
 */
export function chooseGroups(
  table: GroupTable,
  options: { filter: GroupFilter; sort: GroupSort; limit: number; after?: string | undefined },
): ChosenGroups {
  const { filter, sort, limit } = options
  const after = options.after === undefined ? undefined : readCursor(options.after)
  const chosen: { group: number; key: number; sequence: number }[] = []
  let matching = 0
  for (let group = 0; group < table.size.length; group++) {
    if (!passes(table, group, filter)) continue
    matching++
    const key = keyOf(table, group, sort)
    const sequence = table.firstSequence[group]!
    if (after !== undefined && !comesBefore(after.key, after.sequence, key, sequence)) continue
    // One more than the page holds tells whether there is a next one.
    const last = chosen.length > limit ? chosen[limit]! : undefined
    if (last !== undefined && !comesBefore(key, sequence, last.key, last.sequence)) continue
    let place = chosen.length
    while (place > 0 && comesBefore(key, sequence, chosen[place - 1]!.key, chosen[place - 1]!.sequence))
      place--
    chosen.splice(place, 0, { group, key, sequence })
    if (chosen.length > limit + 1) chosen.pop()
  }
  const page = chosen.slice(0, limit)
  const last = page.at(-1)
  return {
    groups: page.map(({ group }) => group),
    matching,
    next: chosen.length > limit && last !== undefined ? `${last.key}_${last.sequence}` : null,
  }
}

function comesBefore(key: number, sequence: number, otherKey: number, otherSequence: number): boolean {
  return key > otherKey || (key === otherKey && sequence > otherSequence)
}

function readCursor(after: string): { readonly key: number; readonly sequence: number } {
  const match = /^(-?(?:\d[\d.e+-]*|Infinity))_(\d+)$/.exec(after)
  const key = Number(match?.[1])
  if (match === null || Number.isNaN(key)) {
    throw new GuerdonError('ARGUMENT_INVALID', 'is no place in a list of groups', {
      where: { field: 'after' },
      found: after,
      expected: 'the "next" of an earlier page',
    })
  }
  return { key, sequence: Number(match[2]) }
}
