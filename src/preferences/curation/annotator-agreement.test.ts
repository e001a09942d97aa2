import { expect, test } from 'vitest'
import { AnnotatorAgreement } from './annotator-agreement.ts'
import { krippendorffAlpha } from './krippendorff-alpha.ts'
import { weightedKappa } from './weighted-kappa.ts'

test('agrees with kappa and alpha of the same labels, each pair of annotators by name', () => {
  const [first, second] = [
    [1, -2, 3, 1, -1, 2],
    [2, -2, 3, -1, -1, 1],
  ]
  const agreement = new AnnotatorAgreement()
  agreement.name(10, 'zoe')
  agreement.name(20, 'ada')
  for (let item = 0; item < first!.length; item++) agreement.add([10, 20], [first![item]!, second![item]!], 2)
  agreement.add([10], [1], 1)
  const report = agreement.report()
  const labels = Array.from({ length: 11 }, (_, index) => index - 5)
  expect(report.pairs).toHaveLength(1)
  expect(report.pairs[0]).toMatchObject({ first: 'ada', second: 'zoe', items: 6, agreement: 5 / 6 })
  expect(report.pairs[0]!.kappa).toBeCloseTo(weightedKappa(first!, second!, 'quadratic', labels)!, 12)
  const items = first!.map((label, item) => [label, second![item]!])
  expect(report.alphaOfStrengths).toBeCloseTo(krippendorffAlpha(items, 'interval')!, 12)
  expect(report.alphaOfSigns).toBeCloseTo(krippendorffAlpha(items.map((pair) => pair.map(Math.sign)))!, 12)
  expect(report.items).toBe(6)
})

test('without labels there is nothing to agree on', () => {
  expect(new AnnotatorAgreement().report()).toEqual({
    items: 0,
    alphaOfSigns: null,
    alphaOfStrengths: null,
    annotators: 0,
    pairs: [],
  })
})
