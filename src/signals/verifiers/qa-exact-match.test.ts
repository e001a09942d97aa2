import { expect, it } from 'vitest'
import { parseParameters } from '../../kinds/method.ts'
import { RolloutBatch } from '../../records/batch.ts'
import type { Column } from '../../records/column.ts'
import { qaExactMatch } from './qa-exact-match.ts'

const context = {
  abort: new AbortController().signal,
  evidence: false,
  inner: new Map(),
} as unknown as Parameters<typeof qaExactMatch.score>[2]

function score(rows: readonly { completion: string; reference?: string }[], parameters = {}): Column {
  const batch = new RolloutBatch(
    rows.map((row, index) => ({ id: `${index}`, group: 'g', prompt: '', ...row })),
  )
  return qaExactMatch.score(batch, parseParameters(qaExactMatch, parameters), context) as Column
}

it('scores the answer tag and marks rows without a reference invalid', () => {
  const column = score([
    { completion: '<answer>The Beatles</answer>', reference: 'Beatles' },
    { completion: '<answer>Queen</answer>', reference: 'Beatles' },
    { completion: '<answer>Queen</answer>' },
  ])
  expect([...column.values]).toEqual([1, 0, 0])
  expect([...column.valid]).toEqual([1, 1, 0])
  expect(column.reasons?.[2]).toBe('the rollout has no reference')
})

it('finds a reference inside the whole text', () => {
  const rows = [{ completion: 'It was the U.S.A., I think', reference: 'USA' }]
  expect(score(rows, { from: 'whole', mode: 'sub' }).values[0]).toBe(1)
  expect(score(rows, { from: 'whole' }).values[0]).toBe(0)
})
