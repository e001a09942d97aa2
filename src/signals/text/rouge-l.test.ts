import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rougeL, rougeLSignal, rougeScores, rougeTokens } from './rouge-l.ts'
import { scoreSignal } from './text-signal.contract.ts'

const text = fc
  .array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 90 })
  .map((tokens) => tokens.join(' '))

/** The textbook table. */
function plainCommonLength(left: string[], right: string[]): number {
  const table = Array.from({ length: left.length + 1 }, () => new Array<number>(right.length + 1).fill(0))
  left.forEach((word, row) => {
    right.forEach((other, column) => {
      table[row + 1]![column + 1] =
        word === other
          ? table[row]![column]! + 1
          : Math.max(table[row]![column + 1]!, table[row + 1]![column]!)
    })
  })
  return table[left.length]![right.length]!
}

test('words are lower-case Latin letters and digits; other scripts have none', () => {
  expect(rougeTokens("It's 3.14, ÉTÉ – Привет")).toEqual(['it', 's', '3', '14', 't'])
  expect(rougeL('今天', ['今天'])).toBe(0)
})

test('is the F-measure of the longest common subsequence, also across many machine words', () => {
  fc.assert(
    fc.property(text, text, (prediction, reference) => {
      const [left, right] = [rougeTokens(prediction), rougeTokens(reference)]
      const common = plainCommonLength(left, right)
      const expected = common === 0 ? 0 : (2 * common) / (left.length + right.length)
      expect(rougeL(prediction, [reference])).toBeCloseTo(expected, 12)
    }),
    { numRuns: 300 },
  )
})

test('takes the best reference, in any order, and precision and recall change places with the texts', () => {
  fc.assert(
    fc.property(text, text, text, (prediction, one, other) => {
      const best = rougeL(prediction, [one, other])
      expect(best).toBe(Math.max(rougeL(prediction, [one]), rougeL(prediction, [other])))
      expect(rougeL(prediction, [other, one])).toBe(best)
      const [forward] = rougeScores(prediction, [one])
      const [backward] = rougeScores(one, [prediction])
      expect(forward!.precision).toBe(backward!.recall)
    }),
  )
})

test('compares the tagged answer when asked to', async () => {
  const rollout = { completion: 'noise <answer>plain text</answer>', reference: 'plain text' }
  const whole = await scoreSignal(rougeLSignal, {}, [rollout])
  expect(whole.column.values[0]).toBeLessThan(1)
  const tagged = await scoreSignal(rougeLSignal, { answer: 'tags' }, [rollout], true)
  expect(tagged.column.values[0]).toBe(1)
  expect(tagged.column.evidence?.[0]).toEqual({ perReference: [{ precision: 1, recall: 1, fmeasure: 1 }] })
})
