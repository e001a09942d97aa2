import { describe, expect, it } from 'vitest'
import { RandomStream } from '../numerics/random.ts'
import { GuerdonError } from '../records/error.ts'
import { herding } from './herding.ts'

/** Three members that pay for quality, and for the attribute as told. */
function world(weights: readonly number[], prompts = 100, replies = 8) {
  const stream = new RandomStream(9)
  const draw = () =>
    Array.from({ length: prompts }, () => Float64Array.from({ length: replies }, () => stream.normal()))
  const [quality, attribute] = [draw(), draw()]
  const scores = weights.map((weight, member) => {
    const own = draw()
    return quality.map((values, prompt) =>
      values.map(
        (value, reply) =>
          50 * member + value + weight * attribute[prompt]![reply]! + 0.5 * own[prompt]![reply]!,
      ),
    )
  })
  return { scores, attribute }
}

describe('herding', () => {
  it('finds what all members pay for, and not what one of them does', () => {
    const all = world([0.7, 0.8, 0.6])
    const found = herding(all.scores, all.attribute, { name: 'length' })
    expect(found.shared).toBe(true)
    expect(found.sentence).toMatch(/moves length to the same side/)
    expect(Object.keys(found.aggregates)).toEqual(['mean', 'median', 'min', 'mean-minus-std'])
    for (const { drift } of [...found.members, ...Object.values(found.aggregates)])
      expect(drift).toBeGreaterThan(0.3)
    const one = world([0.7, -0.7, 0])
    expect(herding(one.scores, one.attribute).shared).toBe(false)
    expect(Math.abs(found.base)).toBeLessThan(0.1)
  })

  it('refuses scores and attributes that do not belong together', () => {
    const { scores, attribute } = world([1], 4, 2)
    expect(() => herding([], attribute)).toThrow(GuerdonError)
    expect(() => herding(scores, attribute.slice(1))).toThrow(GuerdonError)
    expect(() =>
      herding(
        scores,
        attribute.map((values) => values.map(() => Number.NaN)),
      ),
    ).toThrow(GuerdonError)
  })
})
