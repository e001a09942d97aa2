import { expect, test } from 'vitest'
import { checkShaping, shape } from './shaping.contract.ts'
import { truncationPenalty } from './truncation-penalty.ts'

checkShaping(truncationPenalty)

test('only the input that decides is declared', () => {
  const sources = (limit?: number) =>
    truncationPenalty.inputs?.({ limit, factor: 0, unit: 'characters' } as Parameters<
      NonNullable<typeof truncationPenalty.inputs>
    >[0])
  expect(sources()).toEqual({ finished: { from: 'finished' } })
  expect(sources(5)).toEqual({ length: { from: 'length', unit: 'characters' } })
})

test('a factor of 1 changes nothing, a factor of 0 leaves nothing', () => {
  const input = { column: [1, 0.5, 1], inputs: { finished: [0, 0, 1] } }
  expect(shape(truncationPenalty, { factor: 1 }, input)).toEqual([1, 0.5, 1])
  expect(shape(truncationPenalty, {}, input)).toEqual([0, 0, 1])
})
