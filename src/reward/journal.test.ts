import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { RolloutBatch } from '../records/batch.ts'
import { columnOf, raggedColumnOf } from '../records/column.ts'
import type { Rollout } from '../records/rollout.ts'
import { Journal, type JournalHeader, type JournalRow } from './journal.ts'
import { gatherRows } from './row-gatherer.ts'

const folder = mkdtempSync(join(tmpdir(), 'guerdon-journal-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const header: JournalHeader = {
  format: 'guerdon-journal-1',
  specDigest: 'spec',
  input: 'input',
  columns: ['score', 'steps'],
}

function rollouts(groups: readonly string[], first = 0): Rollout[] {
  return groups.map((group, row) => ({ id: `é${first + row}`, group, prompt: '', completion: '' }))
}

function open(path: string, wholeGroups = false, resume = true): { journal: Journal; seen: JournalRow[] } {
  const seen: JournalRow[] = []
  const journal = Journal.open(path, header, { resume, wholeGroups, onRow: (row) => seen.push(row) })
  return { journal, seen }
}

const score = columnOf([0.1, null, -3e-12], 'no "reference"')
const steps = raggedColumnOf('step', [[1, null], [], [2]], 'silent')

describe('Journal', () => {
  it('gives back every number exactly, every reason, and the rows in order', () => {
    const { journal } = open(join(folder, 'round'))
    journal.append(new RolloutBatch(rollouts(['a', 'a', 'b'])), [score, steps])
    const rows = [...journal.read()]
    journal.close()
    expect(rows.map(({ id, group, step }) => [id, group, step])).toEqual([
      ['é0', 'a', null],
      ['é1', 'a', null],
      ['é2', 'b', null],
    ])
    const gathered = gatherRows(rows, ['rollout', 'step'], 1)
    expect(gathered.columns).toEqual([score, steps])
    expect([...gathered.groups.of]).toEqual([0, 0, 1])
  })

  it('continues after the last whole line, at any cut', () => {
    const path = join(folder, 'cut')
    const { journal } = open(path)
    journal.append(new RolloutBatch(rollouts(['a', 'a', 'b'])), [score, steps])
    journal.close()
    const bytes = readFileSync(path)
    const headerEnd = bytes.indexOf('\n') + 1
    for (let size = headerEnd; size <= bytes.length; size++) {
      writeFileSync(path, bytes.subarray(0, size))
      const resumed = open(path)
      const whole = bytes.subarray(headerEnd, size).filter((byte) => byte === 10).length
      expect(resumed.journal.rows).toBe(whole)
      expect(resumed.seen.length).toBe(whole)
      resumed.journal.append(new RolloutBatch(rollouts(['a', 'a', 'b']).slice(whole)), [
        columnOf([0.1, null, -3e-12].slice(whole), 'no "reference"'),
        raggedColumnOf('step', [[1, null], [], [2]].slice(whole), 'silent'),
      ])
      resumed.journal.close()
      expect(readFileSync(path).equals(bytes)).toBe(true)
    }
  })

  it('leaves the last group out where groups must be whole', () => {
    const path = join(folder, 'groups')
    const { journal } = open(path)
    journal.append(new RolloutBatch(rollouts(['a', 'a', 'b'])), [score, steps])
    journal.append(new RolloutBatch(rollouts(['b', 'b', 'b'], 3)), [score, steps])
    journal.close()
    const resumed = open(path, true)
    expect(resumed.journal.rows).toBe(2)
    expect(resumed.seen.map(({ group }) => group)).toEqual(['a', 'a'])
    expect([...resumed.journal.read()].length).toBe(2)
    resumed.journal.close()
  })

  it('begins again when it is not to be continued, and refuses what is damaged', () => {
    const path = join(folder, 'again')
    const first = open(path).journal
    first.append(new RolloutBatch(rollouts(['a', 'a', 'b'])), [score, steps])
    first.close()
    const { journal, seen } = open(path, false, false)
    expect([journal.rows, seen.length, [...journal.read()].length]).toEqual([0, 0, 0])
    journal.close()
    appendFileSync(path, 'damaged\n')
    expect(() => open(path)).toThrow(/is a damaged journal; expected whole lines, or --restart/)
  })
})
