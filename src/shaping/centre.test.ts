import fc from 'fast-check'
import { expect, test } from 'vitest'
import { columnOf, raggedColumnOf } from '../records/column.ts'
import { centre, referenceLevels } from './centre.ts'
import { applyShaping, checkShaping, shape } from './shaping.contract.ts'

checkShaping(centre)

const numbers = fc.double({ min: -100, max: 100, noNaN: true })
const statistics = fc.constantFrom('mean', 'median', 'quantile', 'normal-quantile')

test('levels of 1, 2, 3, 6 by hand', () => {
  const run = (parameters: Record<string, unknown>) =>
    (shape(centre, parameters, { column: [0], inputs: { references: [[6, 1, 3, 2]] } }) as number[])[0]!
  expect(run({ statistic: 'mean' })).toBe(-3)
  expect(run({ statistic: 'median' })).toBe(-2.5)
  // position 3·0.85 = 2.55 between 3 and 6
  expect(run({ statistic: 'quantile' })).toBeCloseTo(-4.65, 14)
  // unbiased variance (9 + 4 + 0 + 1)/3
  expect(run({ statistic: 'normal-quantile', guard: 0.5 })).toBeCloseTo(
    -(3 + 1.0364333894937898 * (Math.sqrt(14 / 3) + 0.5)),
    14,
  )
  expect(run({ statistic: 'mean', references: 2 })).toBe(-3.5)
  expect(run({ statistic: 'value', value: 4 })).toBe(-4)
})

test('one reference is its own level under every statistic', () => {
  for (const statistic of ['mean', 'median', 'quantile', 'normal-quantile']) {
    expect(shape(centre, { statistic }, { column: [5], inputs: { references: [[2]] } })).toEqual([3])
  }
})

test('a constant added to a prompt’s reward and references changes nothing', () => {
  fc.assert(
    fc.property(
      statistics,
      numbers,
      fc.array(numbers, { minLength: 1 }),
      numbers,
      (statistic, reward, references, constant) => {
        const run = (offset: number) =>
          shape(
            centre,
            { statistic },
            {
              column: [reward + offset],
              inputs: { references: [references.map((score) => score + offset)] },
            },
          ) as number[]
        expect(Math.abs(run(constant)[0]! - run(0)[0]!)).toBeLessThan(1e-9)
      },
    ),
  )
})

test('the references stay as they are, invalid ones are skipped', () => {
  const references = raggedColumnOf('step', [[3, null, 1, 2]])
  const before = references.values.slice()
  const levels = referenceLevels(references, 1, { statistic: 'median', q: 0.85, guard: 0 })
  expect(levels).toEqual(Float64Array.of(2))
  expect(references.values).toEqual(before)
})

test('why a row has no reference is told', () => {
  const { column } = applyShaping(centre, {}, columnOf([1, 1, 1]), {
    inputs: { references: raggedColumnOf('step', [[], [null], [1]], 'the judge timed out') },
  })
  expect(Array.from(column.valid)).toEqual([0, 0, 1])
  expect(column.reasons?.slice(0, 2)).toEqual(['no reference', 'no reference: the judge timed out'])
})

test('references of other rollouts are refused', () => {
  const inputs = { references: raggedColumnOf('step', [[1]]) }
  expect(() => applyShaping(centre, {}, columnOf([1, 2]), { inputs })).toThrow(
    /references cannot be compared/,
  )
  expect(() => applyShaping(centre, {}, columnOf([1]))).toThrow(/"references" was not given/)
})
