import fc from 'fast-check'
import { expect, test } from 'vitest'
import { raggedColumnOf } from '../records/column.ts'
import { deltaSteps, stepDifferences } from './delta-steps.ts'
import { applyShaping, checkShaping } from './shaping.contract.ts'
import { returnsToGo } from './step-returns.ts'

checkShaping(deltaSteps)

const trajectories = fc.array(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }), {
  minLength: 1,
})

test('the differences telescope: every step’s return to go is its own reward', () => {
  fc.assert(
    fc.property(trajectories, fc.constantFrom('zero', 'own'), (lists, lastStep) => {
      const column = raggedColumnOf('step', lists)
      const offsets = column.offsets!
      const returns = returnsToGo(stepDifferences(column.values, offsets, lastStep), offsets, 1)
      lists.forEach((list, row) => {
        list.forEach((reward, step) => {
          const last = step === list.length - 1
          const expected = last && lastStep === 'zero' ? 0 : reward
          expect(Math.abs(returns[offsets[row]! + step]! - expected)).toBeLessThan(1e-12)
        })
      })
    }),
  )
})

test('three steps by hand', () => {
  const values = Float64Array.of(0.5, 0.75, 1)
  expect(stepDifferences(values, Int32Array.of(0, 3), 'zero')).toEqual(Float64Array.of(-0.25, 0.75, 0))
  expect(stepDifferences(values, Int32Array.of(0, 3), 'own')).toEqual(Float64Array.of(-0.25, -0.25, 1))
})

test('a step whose neighbour is missing carries the neighbour’s reason', () => {
  const { column } = applyShaping(
    deltaSteps,
    {},
    raggedColumnOf('step', [[1, null, 1, 1]], 'step judge failed'),
  )
  expect(Array.from(column.valid)).toEqual([0, 0, 1, 1])
  expect(column.reasons?.slice(0, 2)).toEqual(['step judge failed', 'step judge failed'])
})

test('a scalar trainer is told that all but the first step cancels', () => {
  expect(deltaSteps.warnings?.('openrlhf', { lastStep: 'zero' }).join(' ')).toContain(
    'all but the first step',
  )
})
