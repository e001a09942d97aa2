/** NeMo-Gym's summary of verified rows: statistics of every number, over all rows and by task. */

type Row = Readonly<Record<string, unknown>>

export interface AggregateMetrics {
  /** `mean/<field>`, `min/`, `max/`, `median/` and `std/` over all rows */
  readonly agent_metrics: Record<string, number>
  /** the means alone */
  readonly key_metrics: Record<string, number>
  /** the same statistics for each `_ng_task_index`, in order of first sight */
  readonly group_level_metrics: Record<string, unknown>[]
}

const taskField = '_ng_task_index'

/**
 * Statistics of the numbers and booleans of verified rows. Rows whose judge failed take no part; fields that begin
 * with `_ng_` are bookkeeping. The standard deviation is unbiased, 0 for one value.
 *
 * @example aggregateMetrics([{ reward: 1 }, { reward: 0 }]).key_metrics // { 'mean/reward': 0.5 }
 */
export function aggregateMetrics(rows: readonly Row[]): AggregateMetrics {
  const judged = rows.filter((row) => typeof row._ng_failure_class !== 'string')
  const tasks = new Map<unknown, Row[]>()
  for (const row of judged) {
    const task = row[taskField]
    if (typeof task !== 'number' && typeof task !== 'string') continue
    const list = tasks.get(task)
    if (list === undefined) tasks.set(task, [row])
    else list.push(row)
  }
  const all = statistics(judged)
  return {
    agent_metrics: all,
    key_metrics: Object.fromEntries(Object.entries(all).filter(([name]) => name.startsWith('mean/'))),
    group_level_metrics: [...tasks].map(([task, list]) => ({ [taskField]: task, ...statistics(list) })),
  }
}

function statistics(rows: readonly Row[]): Record<string, number> {
  const values = new Map<string, number[]>()
  for (const row of rows) {
    for (const field of Object.keys(row)) {
      const value = row[field]
      const number = typeof value === 'boolean' ? Number(value) : value
      if (field.startsWith('_ng_') || typeof number !== 'number' || !Number.isFinite(number)) continue
      const list = values.get(field)
      if (list === undefined) values.set(field, [number])
      else list.push(number)
    }
  }
  const result: Record<string, number> = {}
  for (const [field, list] of values) {
    const sorted = list.sort((a, b) => a - b)
    const size = sorted.length
    // Divided first: a sum of the largest doubles is infinite.
    let mean = 0
    for (const value of sorted) mean += value / size
    let squares = 0
    for (const value of sorted) squares += ((value - mean) / Math.sqrt(Math.max(size - 1, 1))) ** 2
    const middle = size >> 1
    const entries: [string, number][] = [
      ['mean', mean],
      ['min', sorted[0]!],
      ['max', sorted[size - 1]!],
      ['median', size % 2 === 1 ? sorted[middle]! : sorted[middle - 1]! / 2 + sorted[middle]! / 2],
      ['std', Math.sqrt(squares)],
    ]
    // Numbers near the end of the range have a spread that no double holds; it is left out rather than infinite.
    for (const [name, value] of entries) if (Number.isFinite(value)) result[`${name}/${field}`] = value
  }
  return result
}
