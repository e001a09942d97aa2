import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkCombiner, combine, combineColumn, expectClose } from './combiner.contract.ts'
import { hybrid } from './hybrid.ts'

// Adding 0 turns −0 into 0, as adding the calibration's shift does.
const number = fc.double({ min: -5, max: 5, noNaN: true }).map((value) => value + 0)
const route = { rule: 'rule', model: 'model' }

describe('hybrid', () => {
  checkCombiner(hybrid)

  test('every row has the value of exactly the column its prompt names', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(number, number, fc.constantFrom(0, 1)), { minLength: 1 }), (rows) => {
        const result = combine(
          hybrid,
          route,
          { rule: rows.map(([rule]) => rule), model: rows.map(([, model]) => model) },
          { verifiable: rows.map(([, , verifiable]) => verifiable) },
        )
        expect(result).toEqual(rows.map(([rule, model, verifiable]) => (verifiable === 1 ? rule : model)))
      }),
    )
  })

  test('refuses a row that its own column could not score, and does not borrow from the other', () => {
    const { reasons, valid } = combineColumn(hybrid, route, {
      columns: { rule: [null, 1, null], model: [0.5, null, null] },
      inputs: { verifiable: [1, 0, null] },
    })
    expect(Array.from(valid)).toEqual([0, 0, 0])
    expect(reasons).toEqual(['rule: no value', 'model: no value', 'neither rule nor model scored the row'])
  })

  test('an unsure rule leaves the row to the model', () => {
    const result = combine(
      hybrid,
      { ...route, confidence: 'sure', minimumConfidence: 0.8 },
      { rule: [1, 1, 1], model: [0.3, 0.3, 0.3], sure: [0.9, 0.7, null] },
      { verifiable: [1, 1, 1] },
    )
    expect(result).toEqual([1, 0.3, 0.3])
  })

  test('calibration gives the model’s reference set the moments of the rule’s', () => {
    const similar = [0.6, 0.7, 0.8]
    const calibration = {
      rule: { mean: 0.5, standardDeviation: 0.5 },
      model: { mean: 0.7, standardDeviation: 0.1 },
    }
    const result = combine(
      hybrid,
      { ...route, calibration },
      { rule: [null, null, null], model: similar },
      { verifiable: [0, 0, 0] },
    )
    expectClose(result, [0, 0.5, 1], 1e-12)
  })
})
