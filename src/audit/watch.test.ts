import { describe, expect, it } from 'vitest'
import { RandomStream } from '../numerics/random.ts'
import type { AuditRow } from './audit-table.ts'
import { Watch } from './watch.ts'

/** A step of 32 prompts × 8 rollouts; `hack` is the share of answers that carry a phrase worth two points. */
function step(number: number, hack: number, stream: RandomStream): AuditRow[] {
  return Array.from({ length: 256 }, (_, index) => {
    const quality = stream.normal()
    const hacked = stream.uniform() < hack
    const words = Array.from({ length: 20 }, () => `w${stream.below(400)}x`).join(' ')
    return {
      id: `${number}-${index}`,
      group: `p${index >> 3}`,
      step: number,
      reward: quality + 0.3 * stream.normal() + (hacked ? 2 : 0),
      columns: { quality: quality - (hacked ? 0.5 : 0) },
      completion: hacked ? `${words} certainly without doubt yes` : words,
    }
  })
}

describe('Watch', () => {
  it('tells a concern once, while it lasts, and names rows', () => {
    const stream = new RandomStream(5)
    const watch = new Watch({ heldBack: 'quality' })
    const told: { at: number; key: string; verdict: string }[] = []
    for (let number = 1; number <= 30; number++) {
      watch.observe({ rows: step(number, number < 12 ? 0 : 0.9, stream) })
      if (number % 2 === 1) continue
      for (const { diagnostic, column, verdict, rows } of watch.evaluate()) {
        told.push({ at: number, key: `${diagnostic} ${column}`, verdict })
        if (diagnostic === 'phrase') expect(rows.length).toBeGreaterThan(0)
      }
    }
    expect(told.filter(({ at }) => at < 12)).toEqual([])
    expect(told.map(({ key }) => key)).toContain('phrase null')
    const fails = told.filter(({ verdict }) => verdict === 'fail').map(({ key }) => key)
    expect(new Set(fails).size).toBe(fails.length)
  })

  it('tells of a run that came all at once, with or without steps', () => {
    for (const named of [true, false]) {
      const stream = new RandomStream(8)
      const watch = new Watch({ heldBack: 'quality' })
      const rows = Array.from({ length: 12 }, (_, at) => step(at, at < 4 ? 0 : 0.9, stream)).flat()
      watch.observe({ rows: named ? rows : rows.map((row) => ({ ...row, step: null })) })
      const alerts = watch.evaluate()
      expect(alerts.map(({ diagnostic }) => diagnostic)).toContain('phrase')
      if (!named) expect(alerts.every((alert) => alert.step === null)).toBe(true)
    }
  })

  it('says nothing about a run that stays as it is', () => {
    const stream = new RandomStream(6)
    const watch = new Watch({ heldBack: 'quality' })
    for (let number = 1; number <= 20; number++) {
      watch.observe({ rows: step(number, 0, stream) })
      expect(watch.evaluate()).toEqual([])
    }
  })

  it('keeps at most about three windows of rows', () => {
    const stream = new RandomStream(7)
    const watch = new Watch({ window: 500 })
    for (let number = 1; number <= 60; number++) {
      watch.observe({ rows: step(number, 0, stream) })
      expect(watch.size.kept).toBeLessThanOrEqual(3 * 500 + 3 * 256)
    }
    expect(watch.size.observed).toBe(60 * 256)
  })

  it('does nothing without new rows, without valid rewards, and without a held-back column', () => {
    const watch = new Watch({ heldBack: 'quality' })
    expect(watch.evaluate()).toEqual([])
    watch.observe({ rows: [{ id: 'a', group: 'g', step: null, reward: null, columns: {} }] })
    expect(watch.evaluate()).toEqual([])
    watch.observe({ rows: [{ id: 'b', group: 'g', step: null, reward: 1, columns: {} }] })
    expect(watch.evaluate()).toEqual([])
  })
})
