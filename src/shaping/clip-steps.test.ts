import fc from 'fast-check'
import { expect, test } from 'vitest'
import { clippedSteps, clipSteps } from './clip-steps.ts'
import { checkShaping, shape } from './shaping.contract.ts'

checkShaping(clipSteps)

const steps = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 })

test('copies of a good step add nothing, and no step is ever positive', () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 20 }), (list, copies) => {
      const sum = (values: readonly number[]) =>
        clippedSteps(Float64Array.from(values), new Uint8Array(values.length).fill(1), 0.7).reduce(
          (a, b) => a + b,
          0,
        )
      expect(sum([...list, ...Array(copies).fill(0.95)])).toBe(sum(list))
      expect(sum(list)).toBeLessThanOrEqual(0)
    }),
  )
})

test('with a quantile, that share of the steps is punished', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 0, max: 1000 }), { minLength: 4, maxLength: 60 }),
      (list) => {
        const [shaped] = shape(clipSteps, {}, { grain: 'step', column: [list] }) as number[][]
        const punished = shaped!.filter((value) => value < 0).length
        expect(punished).toBe(Math.ceil((list.length - 1) * 0.3))
      },
    ),
  )
})

test('a trainer that takes one reward a rollout is warned about', () => {
  const parameters = { threshold: 0.7, quantile: 0.3 }
  expect(clipSteps.warnings?.('trl', parameters)).toHaveLength(2)
  expect(clipSteps.warnings?.('verl', parameters)).toHaveLength(1)
})
