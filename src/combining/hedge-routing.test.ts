import { describe, expect, it } from 'vitest'
import { hedgeWeights } from '../numerics/hedge-weights.ts'
import { hedgeRouting } from './hedge-routing.ts'

const parameters = { of: ['a', 'b', 'c'], weights: { a: 2 }, eta: 0.5, scale: 2 }
const { initial, observe } = hedgeRouting.stateful!
const given = hedgeRouting.parameters.parse(parameters)

describe('hedge-routing', () => {
  it('follows labelled pairs exactly as Hedge does', () => {
    const pairs = [
      [1, -2, 0.5],
      [3, 0, -4],
      [-1, 1, 2],
    ]
    let state = initial(given)
    for (const [a, b, c] of pairs)
      state = observe!({ chosen: { a: a!, b: b!, c: c! }, rejected: { a: 0, b: 0, c: 0 } }, given, state)
    const expected = hedgeWeights(
      pairs.flat().map((margin) => margin / 2),
      3,
      { eta: 0.5, initial: [2, 1, 1] },
    ).weights.slice(-3)
    const total = state.logits.reduce((sum, logit) => sum + Math.exp(logit), 0)
    state.logits.forEach((logit, place) => {
      expect(Math.exp(logit) / total).toBeCloseTo(expected[place]!, 12)
    })
    expect(state.pairs).toBe(3)
  })

  it('keeps finite weights after thousands of pairs, and its state survives JSON', () => {
    let state = initial(given)
    for (let pair = 0; pair < 5000; pair++)
      state = observe!({ chosen: { a: 9, b: -9, c: 0 }, rejected: { a: 0, b: 0, c: 0 } }, given, state)
    expect(Math.max(...state.logits)).toBe(0)
    expect(JSON.parse(JSON.stringify(state))).toEqual(state)
  })

  it('refuses feedback without a number, and leaves its state alone', () => {
    const state = initial(given)
    expect(() => observe!({ chosen: { a: 1, b: 1 }, rejected: { a: 0, b: 0 } }, given, state)).toThrow(
      /"c".*finite number/,
    )
    expect(state).toEqual(initial(given))
  })
})
