import { describe, expect, it } from 'vitest'
import { aggregateMetrics } from './aggregate-metrics.ts'

describe('aggregateMetrics', () => {
  it('gives five statistics of every number, over all rows and by task', () => {
    const { agent_metrics, group_level_metrics } = aggregateMetrics([
      { _ng_task_index: 1, reward: 1 },
      { _ng_task_index: 1, reward: 4 },
      { _ng_task_index: 0, reward: 1, text: 'x' },
    ])
    expect(agent_metrics).toEqual({
      'mean/reward': 2,
      'min/reward': 1,
      'max/reward': 4,
      'median/reward': 1,
      'std/reward': expect.closeTo(Math.sqrt(3), 12),
    })
    expect(group_level_metrics.map((group) => [group._ng_task_index, group['mean/reward']])).toEqual([
      [1, 2.5],
      [0, 1],
    ])
  })

  it('is empty without rows and never infinite', () => {
    expect(aggregateMetrics([])).toEqual({ agent_metrics: {}, key_metrics: {}, group_level_metrics: [] })
    const { agent_metrics } = aggregateMetrics([{ x: 1.7e308 }, { x: -1.7e308 }, { x: 1.7e308 }])
    for (const value of Object.values(agent_metrics)) expect(Number.isFinite(value)).toBe(true)
  })
})
