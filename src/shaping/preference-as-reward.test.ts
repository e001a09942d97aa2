import fc from 'fast-check'
import { expect, test } from 'vitest'
import { columnOf, raggedColumnOf } from '../records/column.ts'
import { preferenceAsReward, preferenceProbability } from './preference-as-reward.ts'
import { applyShaping, checkShaping, shape } from './shaping.contract.ts'

checkShaping(preferenceAsReward)

const numbers = fc.double({ min: -15, max: 15, noNaN: true })

test('inside (0, 1), and unmoved by a constant per prompt', () => {
  fc.assert(
    fc.property(
      numbers,
      fc.array(numbers, { minLength: 1, maxLength: 10 }),
      numbers,
      (reward, references, constant) => {
        const run = (offset: number) =>
          shape(
            preferenceAsReward,
            { references: 10 },
            {
              column: [reward + offset],
              inputs: { references: [references.map((score) => score + offset)] },
            },
          ) as number[]
        const [shaped] = run(0)
        expect(shaped).toBeGreaterThan(0)
        expect(shaped).toBeLessThan(1)
        expect(run(constant)[0]).toBeCloseTo(shaped!, 10)
      },
    ),
  )
})

test('only the first M valid references count, and all of them when there are fewer', () => {
  const references = raggedColumnOf('step', [[null, 0, -Math.log(3), 1000]])
  const run = (limit: number) =>
    preferenceProbability(Float64Array.of(0), Uint8Array.of(1), references, {
      k: 1,
      references: limit,
      shift: 0,
    })[0]
  expect(run(1)).toBe(0.5)
  expect(run(2)).toBeCloseTo(0.625, 15)
  expect(run(3)).toBeCloseTo(1.25 / 3, 15)
  expect(run(99)).toBe(run(3))
})

test('a row without reference is invalid, "no reference"', () => {
  const { column } = applyShaping(preferenceAsReward, {}, columnOf([1, 1]), {
    inputs: { references: raggedColumnOf('step', [[], [1]]) },
  })
  expect(column.reasons?.[0]).toBe('no reference')
  expect(column.values[0]).toBe(0)
})

test('a column that is missing everywhere gives its reason in every row', () => {
  const { column } = applyShaping(preferenceAsReward, {}, columnOf([1, 2]), {
    inputs: { references: columnOf([null, null], 'no reference scores under "helpful"') },
  })
  expect(column.reasons).toEqual(Array(2).fill('no reference scores under "helpful"'))
})

test('the slow start is a preference that must lead by 3', () => {
  const run = (lead: number) =>
    (
      shape(preferenceAsReward, { shift: 3 }, { column: [lead], inputs: { references: [[0]] } }) as number[]
    )[0]!
  expect(run(3)).toBe(0.5)
  expect(run(4) + run(2)).toBeCloseTo(1, 15)
})
