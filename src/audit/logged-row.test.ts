import { describe, expect, it } from 'vitest'
import { loggedRow } from './logged-row.ts'

describe('loggedRow', () => {
  it('reads what `score` writes', () => {
    const row = {
      id: 'a',
      group: 'g',
      step: 3,
      reward: 0.5,
      advantage: 1,
      valid: true,
      columns: { correct: 1, tokens: [1, 2] },
    }
    expect(loggedRow(row, {})).toEqual({ id: 'a', group: 'g', step: 3, reward: 0.5, columns: { correct: 1 } })
  })

  it('reads a rollout whose reward is a column, with its texts and tokens', () => {
    const row = {
      prompt: '2 + 2?',
      completion: [{ role: 'assistant', content: '4' }],
      tokens: [1, 2, 3],
      columns: { reward: 1, format: true, kind: 'sum' },
    }
    expect(loggedRow(row, { line: 7 })).toMatchObject({
      id: 'row-7',
      step: null,
      reward: 1,
      completion: '4',
      tokens: 3,
      columns: { reward: 1, format: 1 },
    })
  })

  it('reads what `export` writes, and cells of CSV', () => {
    const exported = { id: 1, group: 2, reward: null, columns: { quality: 0.5 }, scores: { correct: 0 } }
    expect(loggedRow(exported, {})).toMatchObject({
      id: '1',
      reward: null,
      columns: { quality: 0.5, correct: 0 },
    })
    const cells = {
      id: 'a',
      group: 'g',
      step: '4',
      reward: '0.25',
      'columns.correct': '1',
      'columns.note': 'x',
    }
    expect(loggedRow(cells, {})).toMatchObject({ step: 4, reward: 0.25, columns: { correct: 1 } })
  })

  it('audits another column on demand', () => {
    expect(loggedRow({ group: 'g', reward: 2, columns: { correct: 1 } }, {}, 'correct').reward).toBe(1)
  })

  it('says what is missing or wrong, and where', () => {
    expect(() => loggedRow({ group: 'g', columns: { correct: 1 } }, { line: 2 })).toThrow(
      /line 2 "reward".*correct/,
    )
    expect(() => loggedRow({ reward: 1 }, { line: 2 })).toThrow(/"group" or "prompt"/)
    expect(() => loggedRow({ group: 'g', reward: 1, step: 'late' }, {})).toThrow(/"step".*number/)
    expect(() => loggedRow([1], {})).toThrow(/JSON object/)
  })
})
