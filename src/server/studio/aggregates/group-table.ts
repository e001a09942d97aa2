/** The numbers of every group of a frame as columns, from which pages of groups are chosen. */
import { membersOf } from '../../../numerics/grouped.ts'
import type { NumberFrame } from '../../../store/store.ts'
import { columnKind } from './column-kind.ts'
import { DisagreementFinder } from './rank-disagreement.ts'
import { stepGroupsOf } from './step-groups.ts'

/** More signals than these are not compared pair by pair. */
const MOST_SIGNALS = 12

export interface GroupTable {
  /** rows that matched, and how many of them the table was made of */
  readonly matching: number
  readonly used: number
  /** NaN = its rows name no step */
  readonly step: Float64Array
  readonly firstSequence: Float64Array
  readonly lastSequence: Float64Array
  readonly size: Int32Array
  /** rows with a valid reward, and their mean, least and largest; NaN where there are none */
  readonly valid: Int32Array
  readonly mean: Float64Array
  readonly least: Float64Array
  readonly largest: Float64Array
  /** what "right" means: the first signal that is 0 or 1 in every row; null = a reward above 0 */
  readonly rightColumn: string | null
  /** 1 = every row is right, −1 = none is, 0 = some are or none can be judged */
  readonly right: Int8Array
  readonly signals: readonly string[]
  /** places in `signals` of the two that order the group most differently; −1 = fewer than two differ in it */
  readonly pairA: Int16Array
  readonly pairB: Int16Array
  readonly rankCorrelation: Float64Array
  /** the pair that disagrees most over all groups: mean rank correlation, and in how many groups both differ */
  readonly mostAgainst: {
    readonly a: string
    readonly b: string
    readonly mean: number
    readonly groups: number
  } | null
}

/** @param order signals in the spec's order; those of the frame that it does not name come after them */
export function groupTableOf(frame: NumberFrame, order: readonly string[]): GroupTable {
  const groups = stepGroupsOf(frame)
  const { offsets, rows } = membersOf(groups)
  const { count } = groups
  const none = new Float64Array(frame.sequence.length).fill(Number.NaN)
  const reward = frame.columns.get('reward') ?? none
  const signals = signalsOf(frame, order)
  const rightColumn = signals.find((name) => isBinary(frame.columns.get(name)!)) ?? null
  const judged = rightColumn === null ? reward : frame.columns.get(rightColumn)!
  const finder = new DisagreementFinder(
    signals.slice(0, MOST_SIGNALS).map((name) => frame.columns.get(name)!),
  )
  const table: GroupTable & { mostAgainst: GroupTable['mostAgainst'] } = {
    matching: frame.matching,
    used: frame.sequence.length,
    step: new Float64Array(count),
    firstSequence: new Float64Array(count),
    lastSequence: new Float64Array(count),
    size: new Int32Array(count),
    valid: new Int32Array(count),
    mean: new Float64Array(count).fill(Number.NaN),
    least: new Float64Array(count).fill(Number.NaN),
    largest: new Float64Array(count).fill(Number.NaN),
    rightColumn,
    right: new Int8Array(count),
    signals,
    pairA: new Int16Array(count).fill(-1),
    pairB: new Int16Array(count).fill(-1),
    rankCorrelation: new Float64Array(count).fill(Number.NaN),
    mostAgainst: null,
  }
  for (let group = 0; group < count; group++) {
    const start = offsets[group]!
    const end = offsets[group + 1]!
    table.step[group] = frame.step[rows[start]!]!
    table.size[group] = end - start
    addRewards(table, group, frame.sequence, reward, rows, start, end)
    table.right[group] = rightOf(judged, rightColumn === null, rows, start, end)
    const pair = finder.of(rows, start, end)
    if (pair === undefined) continue
    table.pairA[group] = pair.a
    table.pairB[group] = pair.b
    table.rankCorrelation[group] = pair.rankCorrelation
  }
  const [most] = finder.means()
  if (most !== undefined) {
    const { a, b, rankCorrelation: mean, groups: inGroups } = most
    table.mostAgainst = { a: signals[a]!, b: signals[b]!, mean, groups: inGroups }
  }
  return table
}

function signalsOf(frame: NumberFrame, order: readonly string[]): string[] {
  const present = [...frame.columns.keys()].filter((name) => columnKind(name) === 'signal')
  const first = order.filter((name) => present.includes(name))
  return [...first, ...present.filter((name) => !first.includes(name))]
}

function isBinary(column: Float64Array): boolean {
  let seen = false
  for (const value of column) {
    if (value === 0 || value === 1) seen = true
    else if (!Number.isNaN(value)) return false
  }
  return seen
}

function addRewards(
  table: GroupTable,
  group: number,
  sequence: Float64Array,
  reward: Float64Array,
  rows: Int32Array,
  start: number,
  end: number,
): void {
  let firstSequence = Number.POSITIVE_INFINITY
  let lastSequence = Number.NEGATIVE_INFINITY
  let least = Number.POSITIVE_INFINITY
  let largest = Number.NEGATIVE_INFINITY
  let mean = 0
  let valid = 0
  for (let place = start; place < end; place++) {
    const row = rows[place]!
    if (sequence[row]! < firstSequence) firstSequence = sequence[row]!
    if (sequence[row]! > lastSequence) lastSequence = sequence[row]!
    const value = reward[row]!
    if (Number.isNaN(value)) continue
    mean += (value - mean) / ++valid
    if (value < least) least = value
    if (value > largest) largest = value
  }
  table.firstSequence[group] = firstSequence
  table.lastSequence[group] = lastSequence
  table.valid[group] = valid
  if (valid === 0) return
  table.mean[group] = least === largest ? least : mean
  table.least[group] = least
  table.largest[group] = largest
}

function rightOf(
  judged: Float64Array,
  isReward: boolean,
  rows: Int32Array,
  start: number,
  end: number,
): number {
  let right = 0
  let wrong = 0
  for (let place = start; place < end; place++) {
    const value = judged[rows[place]!]!
    if (Number.isNaN(value)) continue
    if (isReward ? value > 0 : value === 1) right++
    else wrong++
  }
  return right > 0 && wrong === 0 ? 1 : wrong > 0 && right === 0 ? -1 : 0
}
