import { expect, test } from 'vitest'
import { GuerdonError } from '../records/error.ts'
import { ensembleWeights } from './ensemble-weights.ts'

test('equal members get equal shares, ties count half, and confidence goes by margins', () => {
  expect([...ensembleWeights([[1], [1]], [[0], [0]], 'accuracy')]).toEqual([0.5, 0.5])
  expect([...ensembleWeights([[1], [0]], [[0], [0]], 'accuracy')]).toEqual([2 / 3, 1 / 3])
  expect([...ensembleWeights([[3], [-1]], [[0], [0]], 'confidence')]).toEqual([0.75, 0.25])
})

test('nobody right, nobody there and unequal lists are refused', () => {
  expect(() => ensembleWeights([[0]], [[1]], 'accuracy')).toThrow(GuerdonError)
  expect(() => ensembleWeights([], [], 'accuracy')).toThrow(GuerdonError)
  expect(() => ensembleWeights([[1, 2]], [[1]], 'confidence')).toThrow(GuerdonError)
})
