import { expect, test } from 'vitest'
import { GuerdonError } from '../../records/error.ts'
import { accuracyAndPlus } from './accuracy-plus.ts'

test('one wrong or tied pair spoils its question, wherever it stands', () => {
  const found = accuracyAndPlus([1, 2, 1, 2, 3], [1, 0, 1, 1, 2], [0, 0, 0, 0, 1])
  expect(found).toEqual({ pairs: 5, questions: 3, accuracy: 0.8, accuracyPlus: 2 / 3 })
  expect(() => accuracyAndPlus([], [], [])).toThrow(GuerdonError)
  expect(() => accuracyAndPlus([1], [1], [])).toThrow(GuerdonError)
})
