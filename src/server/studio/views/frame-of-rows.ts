/** The numbers of a few rows in hand as a frame, the same as the store would give for them. */
import { completionText, tokenCount } from '../../../records/rollout.ts'
import type { NumberFrame, StoredRow } from '../../../store/store.ts'

export function frameOfRows(rows: readonly StoredRow[]): NumberFrame {
  const size = rows.length
  const columns = new Map<string, Float64Array>()
  const set = (name: string, row: number, value: unknown): void => {
    let column = columns.get(name)
    if (column === undefined) {
      column = new Float64Array(size).fill(Number.NaN)
      columns.set(name, column)
    }
    if (typeof value === 'number') column[row] = value
  }
  const groups = new Map<string, number>()
  const group = new Int32Array(size)
  for (const [row, { rollout, scores }] of rows.entries()) {
    if (!groups.has(rollout.group)) groups.set(rollout.group, groups.size)
    group[row] = groups.get(rollout.group)!
    set('reward', row, scores.reward)
    set('advantage', row, scores.advantage)
    for (const [name, value] of Object.entries(scores.columns))
      if (value === null || typeof value === 'number') set(name, row, value)
    for (const [name, value] of Object.entries(scores.stages)) set(name, row, value)
    for (const [name, value] of Object.entries(rollout.columns ?? {}))
      if (typeof value === 'number') set(`logged/${name}`, row, value)
    set('length', row, tokenCount(rollout) ?? completionText(rollout.completion).length)
  }
  return {
    matching: size,
    sequence: Float64Array.from(rows, ({ sequence }) => sequence),
    step: Float64Array.from(rows, ({ rollout }) => rollout.step ?? Number.NaN),
    group,
    groupNames: [...groups.keys()],
    columns,
  }
}
