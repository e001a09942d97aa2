import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makePreferences } from './make-preferences.ts'

describe('the example preferences', () => {
  const { rows, planted } = makePreferences()
  const byId = new Map(rows.map((row) => [row.id, row]))

  it('are what the script makes', () => {
    const text = rows.map((row) => `${JSON.stringify(row)}\n`).join('')
    expect(readFileSync(join(import.meta.dirname, 'data', 'preferences.jsonl'), 'utf8')).toBe(text)
    const meta = JSON.parse(readFileSync(join(import.meta.dirname, 'data', 'preferences.meta.json'), 'utf8'))
    expect(meta).toEqual({ rows: rows.length, seed: 11, planted })
  })

  it('hold the faults that were planted', () => {
    const same = (one: string, other: string): number =>
      rows.filter((row) => row.chosen === one && row.rejected === other).length
    for (const id of planted.copies) {
      const { chosen, rejected } = byId.get(id)!
      expect(same(chosen, rejected)).toBeGreaterThan(1)
    }
    for (const id of planted.contradictions) {
      const { chosen, rejected } = byId.get(id)!
      expect(same(rejected, chosen)).toBeGreaterThan(0)
    }
    for (const id of planted.byLength) {
      const { chosen, rejected, source } = byId.get(id)!
      expect(chosen.length).toBeGreaterThan(rejected.length)
      expect(source).toBe('hurried')
    }
    expect(planted.nearCopies.length).toBeGreaterThan(15)
    expect(new Set(planted.wrong).size).toBe(planted.wrong.length)
  })
})
