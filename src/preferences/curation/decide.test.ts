import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type DecisionRules, decide, type Known } from './decide.ts'
import { findingKinds, type Mark } from './marks.ts'

const rules: DecisionRules = { dropDuplicates: 'near', trusted: true, deviations: 1 }
const known = (more: Partial<Known> = {}): Known => ({
  marks: [],
  sameSides: false,
  tie: false,
  strength: undefined,
  ...more,
})
const mark = (kind: Mark['kind'], value = 0): Mark => ({ kind, other: 4, value })

test('what each finding alone leads to', () => {
  const actionOf = (more: Partial<Known>, own = rules) => decide(known(more), own).action
  expect(actionOf({})).toBe('keep')
  expect(actionOf({ marks: [mark('copy')] })).toBe('drop')
  expect(actionOf({ marks: [mark('near-copy', 0.9)] })).toBe('drop')
  expect(actionOf({ marks: [mark('contaminated')] })).toBe('drop')
  expect(actionOf({ marks: [mark('conflict', 0)] })).toBe('drop')
  expect(actionOf({ marks: [mark('conflict', 1)] })).toBe('keep')
  expect(actionOf({ marks: [mark('conflict', 2)] })).toBe('smooth')
  expect(actionOf({ marks: [mark('cycle', 3)] })).toBe('smooth')
  expect(actionOf({ sameSides: true })).toBe('drop')
  expect(actionOf({ tie: true, strength: { mean: -2, std: 0 } })).toBe('smooth')
  expect(actionOf({ strength: { mean: -1, std: 0.5 } })).toBe('flip')
  expect(actionOf({ strength: { mean: -1, std: 1.5 } })).toBe('smooth')
  expect(actionOf({ strength: { mean: 0, std: 9 } })).toBe('keep')
  expect(actionOf({ strength: { mean: -1, std: 0 } }, { ...rules, trusted: false })).toBe('keep')
  expect(actionOf({ marks: [mark('near-copy')] }, { ...rules, dropDuplicates: 'exact' })).toBe('keep')
  expect(actionOf({ marks: [mark('copy')] }, { ...rules, dropDuplicates: 'none' })).toBe('keep')
})

test('dropping outranks flipping, which outranks smoothing; every finding is a reason, the deciding ones first', () => {
  const kinds = fc.uniqueArray(fc.constantFrom(...findingKinds))
  fc.assert(
    fc.property(kinds, fc.boolean(), fc.integer({ min: -2, max: 2 }), (marks, tie, mean) => {
      const { action, reasons } = decide(
        known({
          marks: marks.map((kind) => mark(kind, kind === 'conflict' ? 2 : 3)),
          tie,
          strength: { mean, std: 1 },
        }),
        rules,
      )
      const drops = marks.filter((kind) => kind === 'copy' || kind === 'near-copy' || kind === 'contaminated')
      if (drops.length > 0) {
        expect(action).toBe('drop')
        expect(drops).toContain(reasons[0]!.kind)
      } else if (!tie && mean === -2) expect(action).toBe('flip')
      expect(reasons.length).toBe(marks.length + (tie || mean < 0 ? 1 : 0))
      expect(new Set(reasons.map(({ kind }) => kind)).size).toBe(reasons.length)
    }),
  )
})

test('rows are named from 1', () => {
  expect(decide(known({ marks: [mark('copy')] }), rules).reasons[0]!.text).toBe('copy of row 5')
})
