import { expect, test } from 'vitest'
import { ANNEALING_SHAPES, annealingWeight } from './annealer.ts'

test('every shape grows from about 0 to its full weight and stays there', () => {
  for (const shape of ANNEALING_SHAPES) {
    const weights = Array.from({ length: 50 }, (_, step) => annealingWeight(step, { totalSteps: 40, shape }))
    for (let step = 1; step < 50; step++) expect(weights[step]).toBeGreaterThanOrEqual(weights[step - 1]!)
    expect(weights[49]).toBeCloseTo(1, 8)
    if (shape !== 'none') expect(weights[0]).toBeCloseTo(0, 8)
  }
})

test('cycles begin again; a baseline is the least weight', () => {
  const options = { totalSteps: 4, shape: 'linear', baseline: 0.2, cyclical: true } as const
  expect(annealingWeight(4, options)).toBe(0.2)
  expect(annealingWeight(7, options)).toBeCloseTo(0.8, 12)
})

test('refuses what is no schedule', () => {
  expect(() => annealingWeight(0, { totalSteps: 0 })).toThrow('at least one step')
  expect(() => annealingWeight(0, { totalSteps: 5, baseline: 2 })).toThrow('baseline')
})
