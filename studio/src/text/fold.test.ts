import fc from 'fast-check'
import { expect, test } from 'vitest'
import { foldedWindows } from './fold.ts'

test('windows are in order, apart, inside the text, and hold the beginning, the end and the first mark', () => {
  fc.assert(
    fc.property(fc.nat(5000), fc.nat(4999), fc.integer({ min: 1, max: 50 }), (length, at, size) => {
      const text = 'x'.repeat(length)
      const start = Math.min(at, Math.max(0, length - 1))
      const mark = { start, end: Math.min(length, start + size), kind: 'evidence' as const }
      const windows = foldedWindows(text, [mark], 300)
      expect(windows[0]!.from).toBe(0)
      expect(windows.at(-1)!.to).toBe(length)
      for (let index = 1; index < windows.length; index++)
        expect(windows[index]!.from).toBeGreaterThan(windows[index - 1]!.to)
      expect(windows.some(({ from, to }) => from <= mark.start && mark.end <= to)).toBe(true)
    }),
  )
})

test('a pair of surrogates is never cut', () => {
  const text = '😀'.repeat(1000)
  for (const { from, to } of foldedWindows(text, [], 301)) {
    expect(text.slice(from, to).isWellFormed()).toBe(true)
  }
})
