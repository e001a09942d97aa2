import { describe, expect, it } from 'vitest'
import { parseParameters } from '../kinds/method.ts'
import { columnOf, raggedColumnOf } from '../records/column.ts'
import { expectClose, identity, inputOf } from './advantage.contract.ts'
import { boostCorrect, boostCorrectAdvantages } from './boost-correct.ts'

describe('boostCorrectAdvantages', () => {
  it('boosts from a hair below the threshold, on every token', () => {
    const boosted = boostCorrectAdvantages(
      Float64Array.of(1, 1, 1, 1),
      Float64Array.of(1 - 5e-6, 1 - 5e-5),
      { boost: 0.5, threshold: 1 },
      Int32Array.of(0, 2, 4),
    )
    expectClose(boosted, [1.5, 1.5, 1, 1])
  })
})

describe('boost-correct', () => {
  const run = (rewards: ReturnType<typeof columnOf>, score: (number | null)[]) =>
    boostCorrect.apply(
      inputOf(rewards, 'ab', { inner: identity, inputs: { score: columnOf(score) } }),
      parseParameters(boostCorrect, { score: 'correct' }),
    ).advantages

  it('leaves invalid advantages at 0 and rows of unknown score alone', () => {
    const boosted = run(columnOf([null, 0.2]), [1, null])
    expect([...boosted.values]).toEqual([0, 0.2])
    expect(boosted.valid[0]).toBe(0)
  })

  it('works on tokens', () => {
    expectClose(run(raggedColumnOf('token', [[0, 0], [0]]), [1, 0]).values, [0.1, 0.1, 0])
  })
})
