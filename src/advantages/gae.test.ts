import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseParameters } from '../kinds/method.ts'
import { raggedColumnOf } from '../records/column.ts'
import { expectClose, inputOf, valid } from './advantage.contract.ts'
import { gae, generalisedAdvantages } from './gae.ts'
import { rewardsToGo } from './rewards-to-go.ts'

const tokens = fc
  .array(fc.tuple(fc.double({ min: -2, max: 2, noNaN: true }), fc.double({ min: -2, max: 2, noNaN: true })), {
    minLength: 1,
    maxLength: 12,
  })
  .map((list) => ({
    rewards: Float64Array.from(list, ([reward]) => reward),
    values: Float64Array.from(list, ([, value]) => value),
    offsets: Int32Array.of(0, list.length),
  }))

describe('generalisedAdvantages', () => {
  it('λ = 1 is the discounted return minus the value, λ = 0 the one-step error', () => {
    fc.assert(
      fc.property(tokens, fc.constantFrom(1, 0.9), ({ rewards, values, offsets }, gamma) => {
        const mask = valid(rewards.length)
        const whole = generalisedAdvantages(rewards, values, mask, offsets, { gamma, lambda: 1 })
        expectClose(whole.returns, rewardsToGo(rewards, mask, offsets, { gamma, outside: 'carry' }))
        const step = generalisedAdvantages(rewards, values, mask, offsets, { gamma, lambda: 0 })
        expectClose(
          step.advantages,
          rewards.map((reward, token) => reward + gamma * (values[token + 1] ?? 0) - values[token]!),
        )
      }),
    )
  })

  it('skips holes: the tokens inside the mask get what they get without the tokens outside', () => {
    fc.assert(
      fc.property(tokens, fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }), (rollout, inside) => {
        const { rewards, values, offsets } = rollout
        const mask = Uint8Array.from(rewards, (_, token) => (inside[token] ? 1 : 0))
        const kept = [...rewards.keys()].filter((token) => mask[token] === 1)
        const options = { gamma: 0.95, lambda: 0.9 }
        const full = generalisedAdvantages(rewards, values, mask, offsets, options)
        const short = generalisedAdvantages(
          Float64Array.from(kept, (token) => rewards[token]!),
          Float64Array.from(kept, (token) => values[token]!),
          valid(kept.length),
          Int32Array.of(0, kept.length),
          options,
        )
        expectClose(
          Float64Array.from(kept, (token) => full.advantages[token]!),
          short.advantages,
        )
      }),
    )
  })

  it('or takes them as tokens without reward and value', () => {
    fc.assert(
      fc.property(tokens, fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }), (rollout, inside) => {
        const { rewards, values, offsets } = rollout
        const mask = Uint8Array.from(rewards, (_, token) => (inside[token] ? 1 : 0))
        const masked = (array: Float64Array) => array.map((value, token) => value * mask[token]!)
        const options = { gamma: 0.95, lambda: 0.9 }
        expectClose(
          generalisedAdvantages(rewards, values, mask, offsets, { ...options, outside: 'zero' }).advantages,
          generalisedAdvantages(masked(rewards), masked(values), valid(mask.length), offsets, options)
            .advantages,
        )
      }),
    )
  })
})

describe('gae', () => {
  it('a token without a value is a hole with its reason', () => {
    const { advantages } = gae.apply(
      inputOf(raggedColumnOf('token', [[0, 5, 1]]), 'a', {
        inputs: { values: raggedColumnOf('token', [[0, null, 0]], 'critic failed') },
      }),
      parseParameters(gae, { values: 'critic', whiten: 'none' }),
    )
    expectClose(advantages.values, [1, 0, 1])
    expect(advantages.reasons?.[1]).toBe('critic failed')
  })

  it('values must fit the tokens', () => {
    expect(() =>
      gae.apply(
        inputOf(raggedColumnOf('token', [[0, 1]]), 'a', {
          inputs: { values: raggedColumnOf('token', [[0]]) },
        }),
        parseParameters(gae, { values: 'critic' }),
      ),
    ).toThrow(/do not fit the tokens/)
  })
})
