/** What another spec would change on the same rollouts: rank correlation, flips, winners, biggest movers. */

import type { Groups } from '../numerics/grouped.ts'
import { membersOf } from '../numerics/grouped.ts'
import { ranksOf, spearman } from '../numerics/rank-correlation.ts'
import type { Column } from '../records/column.ts'

export interface Mover {
  readonly id: string
  readonly group: string
  readonly rewardA: number
  readonly rewardB: number
  /** change of the row's place inside its group, as a share of the group: −1 … 1, positive = B ranks it higher */
  readonly shift: number
}

export interface ChangedWinner {
  readonly group: string
  readonly bestA: string
  readonly bestB: string
}

export interface Difference {
  /** rows valid under both specs */
  readonly rows: number
  readonly onlyValidInA: number
  readonly onlyValidInB: number
  /** Spearman's ρ over all rows; null when one spec gives every row the same reward */
  readonly rankCorrelation: number | null
  /** mean of ρ inside groups where both specs spread the rewards; null when there is none */
  readonly rankCorrelationInGroups: number | null
  /** pairs of one group that both specs order, and of these the pairs they order differently */
  readonly orderedPairs: number
  readonly flippedPairs: number
  /** groups with a unique best rollout under both, and those where it is another one */
  readonly groupsWithBest: number
  readonly changedWinners: readonly ChangedWinner[]
  /** largest shifts first */
  readonly movers: readonly Mover[]
}

export interface Compared {
  readonly ids: readonly string[]
  readonly groupNames: readonly string[]
  readonly groups: Groups
  readonly a: Column
  readonly b: Column
}

/** Compares two reward columns of the same rollouts; `most` bounds the lists of movers and changed winners. */
export function difference({ ids, groupNames, groups, a, b }: Compared, most = 10): Difference {
  const both: number[] = []
  let onlyValidInA = 0
  let onlyValidInB = 0
  for (let row = 0; row < ids.length; row++) {
    if (a.valid[row] === 1 && b.valid[row] === 1) both.push(row)
    else if (a.valid[row] === 1) onlyValidInA++
    else if (b.valid[row] === 1) onlyValidInB++
  }
  const at = (column: Column, rows: readonly number[]): number[] => rows.map((row) => column.values[row]!)
  const overall = spearman(at(a, both), at(b, both))

  const { rows: members, offsets } = membersOf(groups)
  const movers: Mover[] = []
  const changedWinners: ChangedWinner[] = []
  let orderedPairs = 0
  let flippedPairs = 0
  let groupsWithBest = 0
  let correlated = 0
  let correlationSum = 0
  for (let group = 0; group < groups.count; group++) {
    const rows: number[] = []
    for (let index = offsets[group]!; index < offsets[group + 1]!; index++) {
      const row = members[index]!
      if (a.valid[row] === 1 && b.valid[row] === 1) rows.push(row)
    }
    if (rows.length < 2) continue
    const inA = at(a, rows)
    const inB = at(b, rows)
    const inside = spearman(inA, inB)
    if (!Number.isNaN(inside)) {
      correlated++
      correlationSum += inside
    }
    for (let first = 0; first < rows.length; first++) {
      for (let second = first + 1; second < rows.length; second++) {
        const signA = Math.sign(inA[first]! - inA[second]!)
        const signB = Math.sign(inB[first]! - inB[second]!)
        if (signA === 0 || signB === 0) continue
        orderedPairs++
        if (signA !== signB) flippedPairs++
      }
    }
    const bestA = uniqueBest(inA)
    const bestB = uniqueBest(inB)
    if (bestA !== undefined && bestB !== undefined) {
      groupsWithBest++
      if (bestA !== bestB) {
        changedWinners.push({
          group: groupNames[rows[0]!]!,
          bestA: ids[rows[bestA]!]!,
          bestB: ids[rows[bestB]!]!,
        })
      }
    }
    const ranksA = ranksOf(inA)
    const ranksB = ranksOf(inB)
    for (const [index, row] of rows.entries()) {
      const shift = (ranksB[index]! - ranksA[index]!) / (rows.length - 1)
      if (shift !== 0)
        movers.push({
          id: ids[row]!,
          group: groupNames[row]!,
          rewardA: inA[index]!,
          rewardB: inB[index]!,
          shift,
        })
    }
    if (movers.length > 4096) keepLargest(movers, most)
  }
  keepLargest(movers, most)
  return {
    rows: both.length,
    onlyValidInA,
    onlyValidInB,
    rankCorrelation: Number.isNaN(overall) ? null : overall,
    rankCorrelationInGroups: correlated === 0 ? null : correlationSum / correlated,
    orderedPairs,
    flippedPairs,
    groupsWithBest,
    changedWinners,
    movers,
  }
}

function keepLargest(movers: Mover[], most: number): void {
  movers.sort((x, y) => Math.abs(y.shift) - Math.abs(x.shift) || x.id.localeCompare(y.id))
  movers.length = Math.min(movers.length, most)
}

function uniqueBest(values: readonly number[]): number | undefined {
  const best = Math.max(...values)
  const index = values.indexOf(best)
  return values.indexOf(best, index + 1) === -1 ? index : undefined
}
