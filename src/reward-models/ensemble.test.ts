import { expect, test } from 'vitest'
import { hostTensor } from '../engine/host-tensor.ts'
import { aggregateEnsemble } from '../numerics/ensemble-aggregate.ts'
import { RandomStream } from '../numerics/random.ts'
import { type EncodedPairs, pairsOfFeatures } from './encoded-pairs.ts'
import { ensemble } from './ensemble.ts'
import type { Recipe } from './recipe.ts'
import { openRowScorer } from './score-rows.ts'
import { pairQuality } from './train-pairs.ts'

const width = 6

/** Pairs judged by one linear taste, noisily. */
function world(count: number, seed: number): EncodedPairs {
  const stream = new RandomStream(seed)
  const sides = [new Float64Array(count * width), new Float64Array(count * width)] as const
  for (let row = 0; row < count; row++) {
    const items = [0, 1].map(() => Float64Array.from({ length: width }, () => stream.normal()))
    const taste = items.map((x) => x[0]! + 0.5 * x[1]! + 0.5 * stream.normal())
    const first = taste[0]! >= taste[1]! ? 0 : 1
    sides[0].set(items[first]!, row * width)
    sides[1].set(items[1 - first]!, row * width)
  }
  return pairsOfFeatures(sides[0], sides[1], width)
}

const data = { train: world(240, 1), validation: world(200, 2) }
const context = { seed: 5, worker: false }
const small = { members: 3, hidden: [12], epochs: 4, batchSize: 32, rate: 0.01 }
const trained = await ensemble.run(data, small, context)

async function score(model: typeof trained, completion: EncodedPairs['chosen'], changes: object = {}) {
  const { weights, settings } = model.model
  const scorer = await openRowScorer({
    recipe: ensemble as unknown as Recipe,
    parameters: { ...model.parameters, ...changes },
    weights,
    settings,
    width,
  })
  const scores = await scorer.score({ completion })
  await scorer.close()
  return scores
}

test.each([
  ['mean', { aggregate: 'mean' }],
  ['median', { aggregate: 'median' }],
  ['min', { aggregate: 'min' }],
  ['mean-minus-std', { aggregate: 'mean-minus-std', coefficient: 0.7 }],
  ['uwo', { aggregate: 'mean-minus-variance', coefficient: 0.7 }],
] as const)('%s of the members is that of paper 17', async (aggregate, options) => {
  const { reward, parts } = await score(trained, data.validation.chosen, { aggregate, coefficient: 0.7 })
  const members = [1, 2, 3].map((member) => parts[`member-${member}`]!)
  const expected = aggregateEnsemble(members, options)
  for (let row = 0; row < reward.length; row++) expect(reward[row]!).toBeCloseTo(expected[row]!, 4)
})

test('members have mean 0 and deviation 1 on the reference items', async () => {
  const sides = [data.validation.chosen, data.validation.rejected]
  const [chosen, rejected] = await Promise.all(sides.map((side) => score(trained, side)))
  for (const member of ['member-1', 'member-2', 'member-3']) {
    const all = [...chosen!.parts[member]!, ...rejected!.parts[member]!]
    const mean = all.reduce((sum, value) => sum + value, 0) / all.length
    const variance = all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length
    expect(mean).toBeCloseTo(0, 4)
    expect(variance).toBeCloseTo(1, 3)
  }
})

test('it learns, and members disagree more about items that look like none of the training', async () => {
  const held = world(500, 3)
  const chosen = await score(trained, held.chosen)
  const rejected = await score(trained, held.rejected)
  expect(pairQuality(chosen.reward, rejected.reward).accuracy).toBeGreaterThan(0.75)
  const stream = new RandomStream(4)
  const far = hostTensor(
    Float32Array.from({ length: 500 * width }, () => 6 * stream.normal()),
    [500, width],
  )
  const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length
  const strange = await score(trained, far)
  expect(mean(strange.parts.uncertainty!)).toBeGreaterThan(2 * mean(chosen.parts.uncertainty!))
})

test('the same seed gives the same members; what does not vary is shared', async () => {
  expect((await ensemble.run(data, small, context)).model.weights).toEqual(trained.model.weights)
  const ordered = await ensemble.run(
    data,
    { ...small, members: 2, epochs: 1, vary: ['order'], rate: 1e-12 },
    context,
  )
  const { weights } = ordered.model
  for (const [name, { values }] of Object.entries(weights)) {
    if (!name.startsWith('members.0.')) continue
    const other = weights[name.replace('members.0.', 'members.1.')]!
    for (let index = 0; index < values.length; index++)
      expect(other.values[index]!).toBeCloseTo(values[index]!, 6)
  }
  expect(ordered.model.metrics.rankAgreement).toBeGreaterThan(0.9999)
})

test('members that could not differ are refused', async () => {
  await expect(ensemble.run(data, { hidden: [], vary: ['trunk'] }, context)).rejects.toMatchObject({
    code: 'PARAMETER_INVALID',
  })
  await expect(ensemble.run(data, { members: 1 }, context)).rejects.toMatchObject({
    code: 'PARAMETER_INVALID',
  })
})
