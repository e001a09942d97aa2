import { describe, expect, it } from 'vitest'
import { anyText, plantedRun } from '../../test/audit/planted-run.ts'
import { auditTable } from './audit-table.ts'
import { sliceWidth, stepsInOrder } from './steps-in-order.ts'

const rows = plantedRun(({ quality, stream }) => ({ reward: quality, completion: anyText(stream) }))

describe('stepsInOrder', () => {
  it('cuts whole groups into slices of at least 64 rows', () => {
    const inOrder = rows.map((row) => ({ ...row, group: `${row.step} ${row.group}`, step: null }))
    const table = stepsInOrder(auditTable(inOrder))!
    expect(table.steps.length).toBe(10)
    expect(table.groups.count).toBe(80)
    expect(table.sliced).toBe(true)
    expect([...table.stepOfGroup]).toEqual([...table.stepOfGroup].sort((a, b) => a - b))
  })

  it('takes a prompt that comes again as a new group', () => {
    const table = stepsInOrder(auditTable(rows.map((row) => ({ ...row, step: null }))))!
    expect(table.groups.count).toBe(80)
  })

  it('reads no time into mixed rows, nor over steps that are named', () => {
    const mixed = rows.map((row, index) => ({
      ...rows[(index * 267) % rows.length]!,
      id: row.id,
      step: null,
    }))
    expect(stepsInOrder(auditTable(mixed))).toBeNull()
    expect(stepsInOrder(auditTable(rows))).toBeNull()
  })

  it('has at most 40 slices', () => {
    expect(sliceWidth(100)).toBe(64)
    for (const size of [2560, 2561, 100_000])
      expect(Math.ceil(size / sliceWidth(size))).toBeLessThanOrEqual(40)
  })
})
