/** Turns the columns of a finished batch into one record a row, as it is stored and answered. */
import type { Column } from '../../records/column.ts'
import type { Rollout } from '../../records/rollout.ts'
import type { Scored } from '../../reward/score.ts'
import type { ScoredRow } from '../../store/store.ts'

type Entry = number | null

const noReasons: Readonly<Record<string, string>> = Object.freeze({})

/** The rows `from` … `from + rollouts.length − 1` of a finished batch, for the rollouts that stand there. */
export function scoredRows(scored: Scored, rollouts: readonly Rollout[], from: number): ScoredRow[] {
  const columns = [...scored.columns]
  const stages: [string, Column][] = []
  for (const [name, list] of scored.stages) {
    for (const [index, { method, column }] of list.entries())
      if (column.offsets === undefined) stages.push([`${name}/${index + 1} ${method}`, column])
  }
  const { reward, advantages, tokenRewards, weights, kept } = scored
  const named: readonly (readonly [string, Column])[] = [...columns, ['reward', reward]]
  return rollouts.map(({ id, group }, index) => {
    const row = from + index
    const values: Record<string, Entry | Entry[]> = {}
    for (const [name, column] of columns) values[name] = entryOf(column, row)
    const stageValues: Record<string, Entry> = {}
    for (const [name, column] of stages) stageValues[name] = numberOf(column, row)
    let reasons: Record<string, string> | undefined
    for (const [name, column] of named) {
      const reason = column.reasons === undefined ? undefined : reasonOf(column, row)
      if (reason === undefined) continue
      reasons ??= {}
      reasons[name] = reason
    }
    return {
      id,
      group,
      reward: numberOf(reward, row),
      advantage: advantages?.grain === 'rollout' ? numberOf(advantages, row) : null,
      columns: values,
      stages: stageValues,
      reasons: reasons ?? noReasons,
      ...(tokenRewards === undefined ? {} : { tokenRewards: listOf(tokenRewards, row) }),
      ...(advantages === undefined || advantages.grain === 'rollout'
        ? {}
        : { tokenAdvantages: listOf(advantages, row) }),
      ...(weights === undefined || weights.offsets !== undefined ? {} : { weight: weights.values[row]! }),
      ...(kept === undefined ? {} : { kept: kept[row] === 1 }),
    }
  })
}

function numberOf(column: Column, entry: number): Entry {
  return column.valid[entry] === 1 ? column.values[entry]! : null
}

function listOf(column: Column, row: number): Entry[] {
  const list: Entry[] = []
  for (let entry = column.offsets![row]!; entry < column.offsets![row + 1]!; entry++)
    list.push(numberOf(column, entry))
  return list
}

function entryOf(column: Column, row: number): Entry | Entry[] {
  return column.offsets === undefined ? numberOf(column, row) : listOf(column, row)
}

/** The reason of a row: of a ragged column the first that one of its entries has. */
function reasonOf({ reasons, offsets }: Column, row: number): string | undefined {
  if (offsets === undefined) return reasons![row]
  for (let entry = offsets[row]!; entry < offsets[row + 1]!; entry++)
    if (reasons![entry] !== undefined) return reasons![entry]
  return undefined
}
