import { describe, expect, it } from 'vitest'
import type { SignalTiming } from '../../reward/run-signals.ts'
import { VerdictCache } from './verdict-cache.ts'
import type { Verdict } from './verdict-rows.ts'

const verdict: Verdict = { values: [1], reasons: undefined }
const took = (seconds: number): SignalTiming[] => [
  { signal: 's', calls: 1, rows: 1, seconds, retries: 0, failures: 0, slowest: [] },
]

describe('VerdictCache', () => {
  it('keeps what dear signals said', () => {
    const cache = new VerdictCache(1 << 20, ['rollout'])
    cache.set('a', verdict)
    for (let call = 0; call < 10; call++) cache.observe(1000, took(0.1))
    expect(cache.worthwhile).toBe(true)
    expect(cache.get('a')).toBe(verdict)
  })

  it('steps aside for cheap ones, once it has seen enough of them', () => {
    const cache = new VerdictCache(1 << 20, ['rollout'])
    cache.observe(4000, took(0.004))
    expect(cache.worthwhile).toBe(true)
    cache.observe(1000, took(0.001))
    expect(cache.worthwhile).toBe(false)
  })

  it('forgets what is longest unused when its memory is full', () => {
    for (const grain of ['rollout', 'step'] as const) {
      const cache = new VerdictCache(10_000, [grain])
      for (let index = 0; index < 1000; index++) cache.set(`${index}`, verdict)
      expect(cache.get('0')).toBeUndefined()
      expect(cache.get('999')).toBe(verdict)
    }
  })
})
