import { describe, expect, it } from 'vitest'
import type { ScoredEvent } from '../scoring/scoring-listener.ts'
import { Metrics } from './metrics.ts'

const row = (reward: number | null, right: number | null, reason?: string) => ({
  id: 'r',
  group: 'g',
  reward,
  advantage: null,
  columns: { right, words: 10 },
  stages: {},
  reasons: reason === undefined ? {} : { right: reason },
})
const event = {
  batches: [
    { protocol: 'openrlhf', rows: [row(1, 1), row(0, 0), row(null, null, 'no answer found')] },
    { protocol: 'slime', rows: [row(null, null, 'failed: a model wrote "<script>"')] },
  ],
  timings: [{ signal: 'right', calls: 1, rows: 4, seconds: 0.003, retries: 0, failures: 1, slowest: [] }],
  cachedRows: 5,
  computedRows: 4,
} as unknown as ScoredEvent

describe('metrics', () => {
  it('count rows, reasons, cache hits and requests, and show mean and spread of valid rows', async () => {
    const metrics = new Metrics({ queueRows: () => 12, eventClients: () => 3 })
    metrics.onScored(event)
    metrics.onRequest({ protocol: 'openrlhf', status: 200, seconds: 0.02 })
    metrics.onRepeated('b', 'slime')
    const text = await metrics.text()
    for (const line of [
      'guerdon_rows_total{protocol="openrlhf",valid="true"} 2',
      'guerdon_rows_total{protocol="openrlhf",valid="false"} 1',
      'guerdon_rows_total{protocol="slime",valid="false"} 1',
      'guerdon_invalid_rows_total{signal="right",reason="no-answer"} 1',
      'guerdon_invalid_rows_total{signal="right",reason="failed"} 1',
      'guerdon_cache_hits_total 5',
      'guerdon_requests_total{protocol="openrlhf",status="200"} 1',
      'guerdon_repeated_requests_total{protocol="slime"} 1',
      'guerdon_signal_duration_seconds_bucket{le="0.005",signal="right"} 1',
      'guerdon_signal_duration_seconds_sum{signal="right"} 0.003',
      'guerdon_reward{column="right",statistic="mean"} 0.5',
      'guerdon_reward{column="reward",statistic="mean"} 0.5',
      'guerdon_reward{column="right",statistic="std"} 0.5',
      'guerdon_reward{column="reward",statistic="std"} 0.5',
      'guerdon_reward{column="words",statistic="mean"} 10',
      'guerdon_reward{column="words",statistic="std"} 0',
      'guerdon_queue_rows 12',
      'guerdon_event_clients 3',
    ]) {
      expect(text.split('\n')).toContain(line)
    }
    expect(text).not.toContain('script')
    metrics.close()
  })

  it('keep registries apart', async () => {
    const sources = { queueRows: () => 0, eventClients: () => 0 }
    const [one, two] = [new Metrics(sources), new Metrics(sources)]
    one.onRequest({ protocol: 'a', status: 200, seconds: 1 })
    expect(await two.text()).not.toContain('protocol="a"')
    one.close()
    two.close()
  })
})
