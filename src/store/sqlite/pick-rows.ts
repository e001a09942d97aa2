/**
 * Picks the rows of a page out of the blocks of a run, without touching any text. Blocks whose limits say that no row
 * of theirs can be on the page are passed over.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { PagePart } from '../page-parts.ts'
import { byReward, type RowCursor, rises } from '../row-cursor.ts'
import type { RowFilter, RowOrder } from '../store.ts'
import { RUN_SPAN } from './migrations.ts'
import { type RowIndex, readRowIndex } from './stored-block.ts'
import { shortHash } from './text-hash.ts'

/** A row that a page may show. With a filter on ids, its id only has the same hash. */
export interface PickedRow extends RowCursor {
  readonly batch: number
}

interface BlockLine {
  readonly place: number
  readonly last_place: number
  readonly row_count: number
  readonly valid_count: number
  readonly least_reward: number | null
  readonly largest_reward: number | null
  readonly least_step: number | null
  readonly largest_step: number | null
}

const COLUMNS =
  'place, last_place, row_count, valid_count, least_reward, largest_reward, least_step, largest_step'
const ALL = `SELECT ${COLUMNS} FROM blocks WHERE place BETWEEN ? AND ? AND last_place >= ? ORDER BY place`
const OF_GROUP = `SELECT ${COLUMNS} FROM blocks WHERE place BETWEEN ? AND ? AND last_place >= ? AND instr(groups, ?) > 0 ORDER BY place`

export class RowPicker {
  readonly #all: StatementSync
  readonly #ofGroup: StatementSync
  readonly #rowIndex: StatementSync
  readonly #groups: StatementSync

  constructor(database: DatabaseSync) {
    this.#all = database.prepare(ALL)
    this.#ofGroup = database.prepare(OF_GROUP)
    this.#rowIndex = database.prepare('SELECT row_index FROM blocks WHERE place = ?')
    this.#groups = database.prepare('SELECT groups FROM blocks WHERE place = ?')
  }

  /** The first `limit` rows of a part, in order; behind `part.after` when it is given. */
  pick(run: number, filter: RowFilter, order: RowOrder, part: PagePart, limit: number): PickedRow[] {
    const blocks = this.#blocks(run, filter, order, part)
    if (byReward(order) && !part.invalid) return this.#byReward(run, blocks, filter, order, part.after, limit)
    const picked: PickedRow[] = []
    const wantsValid = part.invalid ? false : filter.valid
    const direction = rises(order) ? 1 : -1
    if (direction === -1) blocks.reverse()
    for (const block of blocks) {
      if (wantsValid === true && block.valid_count === 0) continue
      if (wantsValid === false && block.valid_count === block.row_count) continue
      const index = this.#read(block.place)
      const matches = this.#matcher(block.place, index, filter)
      const { sequences, rewards, batches } = index
      const rows = sequences.length
      for (let step = 0; step < rows; step++) {
        const row = direction === 1 ? step : rows - 1 - step
        const sequence = sequences[row]!
        if (part.after !== undefined && direction * (sequence - part.after.sequence) <= 0) continue
        const reward = rewards[row]!
        if (wantsValid !== undefined && Number.isNaN(reward) === wantsValid) continue
        if (!matches(row)) continue
        picked.push({ sequence, reward: Number.isNaN(reward) ? null : reward, batch: batches[row]! })
        if (picked.length >= limit) return picked
      }
    }
    return picked
  }

  /** The row at a sequence, if it is still there. */
  at(run: number, sequence: number): PickedRow | undefined {
    const [row] = this.pick(
      run,
      {},
      'oldest',
      { invalid: false, after: { sequence: sequence - 1, reward: null } },
      1,
    )
    return row?.sequence === sequence ? row : undefined
  }

  #byReward(
    run: number,
    blocks: readonly BlockLine[],
    filter: RowFilter,
    order: RowOrder,
    after: RowCursor | undefined,
    limit: number,
  ): PickedRow[] {
    // Rewards and sequences that come first in the order are small after this sign.
    const sign = rises(order) ? 1 : -1
    const first = (block: BlockLine): number =>
      sign * (sign === 1 ? block.least_reward! : block.largest_reward!)
    const last = (block: BlockLine): number =>
      sign * (sign === 1 ? block.largest_reward! : block.least_reward!)
    const afterReward = after === undefined ? Number.NEGATIVE_INFINITY : sign * after.reward!
    const afterSequence = after === undefined ? Number.NEGATIVE_INFINITY : sign * after.sequence
    const inOrder = (a: PickedRow, b: PickedRow): number =>
      sign * (a.reward! - b.reward!) || sign * (a.sequence - b.sequence)
    const begins = (block: BlockLine): number => Math.max(first(block), afterReward)
    const candidates = blocks
      .filter((block) => block.valid_count > 0 && last(block) >= afterReward)
      .sort((a, b) => begins(a) - begins(b) || sign * (a.place - b.place))
    let picked: PickedRow[] = []
    let worst: PickedRow | undefined
    const thin = (): void => {
      picked = picked.sort(inOrder).slice(0, limit)
      if (picked.length === limit) worst = picked.at(-1)
    }
    for (const block of candidates) {
      if (worst !== undefined && begins(block) >= sign * worst.reward!) {
        if (begins(block) > sign * worst.reward!) break
        // Equal rewards follow by sequence: a block all behind the last row so far has none before it.
        const nearest = (sign === 1 ? block.place : block.last_place) - run * RUN_SPAN
        if (sign * (nearest - worst.sequence) > 0) continue
      }
      const index = this.#read(block.place)
      const matches = this.#matcher(block.place, index, filter)
      const { sequences, rewards, batches } = index
      for (let row = 0; row < rewards.length; row++) {
        const reward = sign * rewards[row]!
        // False for NaN: invalid rows are a part of their own.
        if (!(reward >= afterReward)) continue
        const sequence = sign * sequences[row]!
        if (reward === afterReward && sequence <= afterSequence) continue
        if (worst !== undefined) {
          const most = sign * worst.reward!
          if (reward > most || (reward === most && sequence > sign * worst.sequence)) continue
        }
        if (!matches(row)) continue
        picked.push({ sequence: sequences[row]!, reward: rewards[row]!, batch: batches[row]! })
        if (picked.length >= 2 * limit + 1000) thin()
      }
      thin()
    }
    return picked
  }

  /** Blocks that a row of the page may lie in, in the order of storing. */
  #blocks(run: number, filter: RowFilter, order: RowOrder, { after, invalid }: PagePart): BlockLine[] {
    const inSequence = !byReward(order) || invalid
    const from = inSequence && after !== undefined && rises(order) ? after.sequence + 1 : 0
    const to = inSequence && after !== undefined && !rises(order) ? after.sequence - 1 : RUN_SPAN - 1
    const span = run * RUN_SPAN
    const range = [span, span + to, span + from] as const
    const found = (filter.group === undefined
      ? this.#all.all(...range)
      : this.#ofGroup.all(...range, JSON.stringify(filter.group))) as unknown as BlockLine[]
    const { fromStep, toStep } = filter
    return found.filter(
      ({ least_step, largest_step }) =>
        (fromStep === undefined || (largest_step !== null && largest_step >= fromStep)) &&
        (toStep === undefined || (least_step !== null && least_step <= toStep)),
    )
  }

  #read(place: number): RowIndex {
    return readRowIndex(this.#rowIndex.get(place)!.row_index as Uint8Array)
  }

  #matcher(
    place: number,
    index: RowIndex,
    { fromStep, toStep, group, id }: RowFilter,
  ): (row: number) => boolean {
    const { steps, groups, ids } = index
    const wantedGroup =
      group === undefined
        ? -1
        : (JSON.parse(this.#groups.get(place)!.groups as string) as string[]).indexOf(group)
    const wantedId = id === undefined ? -1 : shortHash(id)
    return (row) => {
      // Comparisons with NaN are false: a row without a step lies in no range.
      if (fromStep !== undefined && !(steps[row]! >= fromStep)) return false
      if (toStep !== undefined && !(steps[row]! <= toStep)) return false
      if (group !== undefined && groups[row] !== wantedGroup) return false
      return id === undefined || ids[row] === wantedId
    }
  }
}
