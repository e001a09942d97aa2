import { expect, test } from 'vitest'
import { latenciesOf } from './latency.ts'

test('quantiles of the calls that had rows', () => {
  const call = (signal: string, seconds: number, rows = 8) => ({ signal, rows, seconds, failures: 0 })
  const found = latenciesOf([
    [call('judge', 1), call('length', 0.001)],
    [call('judge', 3), call('length', 0, 0)],
    [call('judge', 2)],
  ])
  expect(found.get('judge')).toEqual({ p50: 2, p99: 2.98, calls: 3 })
  expect(found.get('length')).toEqual({ p50: 0.001, p99: 0.001, calls: 1 })
  expect(found.get('absent')).toBeUndefined()
})
