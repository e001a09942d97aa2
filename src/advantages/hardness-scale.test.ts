import { describe, expect, it } from 'vitest'
import { parseParameters } from '../kinds/method.ts'
import { columnOf, raggedColumnOf } from '../records/column.ts'
import { expectClose, identity, inputOf } from './advantage.contract.ts'
import { grpo } from './grpo.ts'
import { hardnessScale, scaleAdvantages } from './hardness-scale.ts'

const run = (rewards: (number | null)[], letters: string, data: (number | null)[], more = {}) =>
  hardnessScale.apply(
    inputOf(rewards, letters, {
      inner: (input) => grpo.apply(input, parseParameters(grpo, {})),
      inputs: { data: columnOf(data, 'not judged'), responsiveness: columnOf([2, 2, 2, 2]) },
    }),
    parseParameters(hardnessScale, { data: 'hardness', ...more }),
  )

describe('hardness-scale', () => {
  it('scales advantages, where scaled rewards would cancel', () => {
    const plain = grpo.apply(inputOf([1, 0, 1, 0], 'aabb'), parseParameters(grpo, {})).advantages.values
    const { advantages, weights } = run([1, 0, 1, 0], 'aabb', [1, 1, 3, 3])
    expectClose(advantages.values, [plain[0]!, plain[1]!, 3 * plain[2]!, 3 * plain[3]!])
    expectClose(weights!.values, [1, 1, 3, 3])
    const scaledRewards = grpo.apply(inputOf([1, 0, 3, 0], 'aabb'), parseParameters(grpo, {})).advantages
      .values
    expectClose(scaledRewards, plain, 1e-5)
  })

  it('takes responsiveness as a number or a column', () => {
    const { weights } = run([1, 0, 1, 0], 'aabb', [1, 1, 3, 3], { responsiveness: 'responses' })
    expectClose(weights!.values, [2, 2, 6, 6])
    expectClose(
      run([1, 0, 1, 0], 'aabb', [1, 1, 3, 3], { responsiveness: 3, combine: 'mean' }).weights!.values,
      [2, 2, 3, 3],
    )
  })

  it('a rollout without a weight is invalid, with the reason', () => {
    const { advantages } = run([1, 0, 1, 0], 'aabb', [1, null, 1, 1])
    expect(advantages.valid[1]).toBe(0)
    expect(advantages.reasons?.[1]).toBe('not judged')
  })

  it('needs something to wrap', () => {
    expect(() =>
      hardnessScale.apply(
        inputOf([1], 'a', { inputs: { data: columnOf([1]) } }),
        parseParameters(hardnessScale, { data: 'hardness' }),
      ),
    ).toThrow(/wraps another advantage/)
  })
})

describe('scaleAdvantages', () => {
  it('multiplies every token of a rollout', () => {
    const tokens = raggedColumnOf('token', [[1, 2], [], [3]])
    expectClose(scaleAdvantages(tokens, columnOf([2, 5, null])).values, [2, 4, 0])
    expect(identity(inputOf([1], 'a')).advantages.values[0]).toBe(1)
  })
})
