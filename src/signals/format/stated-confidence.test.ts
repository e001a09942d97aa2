import fc from 'fast-check'
import { expect, it } from 'vitest'
import { lenientConfidence, monitoredConfidence, strictConfidence } from './stated-confidence.ts'

const tagged = (text: string) => `<confidence>0</confidence> so <confidence>${text}</confidence>`

it.each([
  ['0.35', 0.35, 0.35],
  [' 1e-1 ', 0.1, 0.1],
  ['95', undefined, 0.95],
  ['90%', undefined, 0.9],
  ['0.5/1', undefined, 0.5],
  ['about 0.7', undefined, 0.7],
  ['150', undefined, undefined],
  ['-0.2', undefined, undefined],
  ['nan', undefined, undefined],
  ['', undefined, undefined],
])('reads %j', (text, strict, lenient) => {
  expect(strictConfidence(tagged(text))).toEqual({ confidence: strict ?? 0, valid: strict !== undefined })
  expect(lenientConfidence(tagged(text))).toEqual({ confidence: lenient ?? 0, valid: lenient !== undefined })
})

it('monitors as the training code does: unreadable counts as 0 and as extreme, empty does not', () => {
  expect(monitoredConfidence(tagged('1.2'))).toEqual({ mean: 1, extreme: 1 })
  expect(monitoredConfidence(tagged('90%'))).toEqual({ mean: 0, extreme: 1 })
  expect(monitoredConfidence(tagged('nan'))).toEqual({ mean: 0, extreme: 1 })
  expect(monitoredConfidence(tagged(''))).toEqual({ mean: 0, extreme: 0 })
  expect(monitoredConfidence('none')).toEqual({ mean: 0, extreme: 0 })
  expect(monitoredConfidence(tagged('0.5'))).toEqual({ mean: 0.5, extreme: 0 })
})

it('agrees in both readings on every number in [0, 1], and stays in range on every text', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.string(), (number, text) => {
      expect(strictConfidence(tagged(String(number))).confidence).toBe(number + 0)
      expect(lenientConfidence(tagged(String(number))).confidence).toBe(number + 0)
      const { confidence } = lenientConfidence(tagged(text))
      expect(confidence >= 0 && confidence <= 1).toBe(true)
    }),
  )
})
