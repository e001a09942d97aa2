import { describe, expect, it } from 'vitest'
import { RandomStream } from '../numerics/random.ts'
import { GuerdonError } from '../records/error.ts'
import { underspecification } from './underspecification.ts'

/** Members = what all see + what a family sees + their own, on prompts × replies. */
function members(shared: number, family: number, own: number, prompts = 60, replies = 16) {
  const stream = new RandomStream(3)
  const draw = () =>
    Array.from({ length: prompts }, () => Float64Array.from({ length: replies }, () => stream.normal()))
  const common = draw()
  const families = [draw(), draw()]
  return [0, 0, 1, 1].map((of, member) => {
    const self = draw()
    return common.map((values, prompt) =>
      values.map(
        (value, reply) =>
          10 * member +
          shared * value +
          family * families[of]![prompt]![reply]! +
          own * self[prompt]![reply]!,
      ),
    )
  })
}

describe('underspecification', () => {
  it('tells families apart and sees agreement fall on picks', () => {
    const found = underspecification(members(1, 0.5, 0.3), { families: ['a', 'a', 'b', 'b'] })
    expect(found.curve.map(({ n }) => n)).toEqual([1, 2, 4, 8, 16])
    expect(found.sameFamily!).toBeGreaterThan(found.otherFamily! + 0.05)
    expect(found.falls).toBe(true)
    expect(found.sentence).toMatch(/agree less/)
    expect(found.transfer).toHaveLength(16)
    // Nobody likes a member's own picks more than the member.
    for (let row = 0; row < 4; row++)
      for (let column = 0; column < 4; column++)
        expect(found.transfer[row * 4 + column]!).toBeLessThanOrEqual(found.transfer[row * 4 + row]! + 0.2)
  })

  it('has nothing to say about members that are one', () => {
    const found = underspecification(members(1, 0, 0))
    for (const { agreement, samePick, deviation } of found.curve) {
      expect(agreement).toBeCloseTo(1, 9)
      expect(samePick).toBe(1)
      expect(deviation).toBeCloseTo(0, 9)
    }
    expect(found.falls).toBe(false)
    expect(found.sameFamily).toBeNull()
  })

  it('refuses one member, few prompts, constants and sizes beyond the replies', () => {
    const scores = members(1, 1, 1, 4, 3)
    expect(() => underspecification(scores.slice(0, 1))).toThrow(GuerdonError)
    expect(() => underspecification(scores.map((own) => own.slice(0, 2)))).toThrow(GuerdonError)
    expect(() => underspecification(scores, { sizes: [4] })).toThrow(/sizes from 1 to 3/)
    expect(() => underspecification(scores.map((own) => own.map((replies) => replies.map(() => 1))))).toThrow(
      /ranked/,
    )
  })
})
