import { describe, expect, it } from 'vitest'
import { parseParameters } from '../kinds/method.ts'
import { columnOf } from '../records/column.ts'
import { expectClose, inputOf } from './advantage.contract.ts'
import { beta } from './beta.ts'

const run = (rewards: (number | null)[], letters: string, parameters: Record<string, unknown> = {}) =>
  beta.apply(inputOf(rewards, letters), parseParameters(beta, parameters))

describe('beta', () => {
  it('averages the advantages of several columns, not the advantage of their mean', () => {
    const columns = new Map([
      ['right', columnOf([1, 0, 1, 0, 1, 1])],
      ['format', columnOf([1, 1, 1, 0, 0, 0])],
    ])
    const letters = 'aabbcc'
    const both = beta.apply(
      inputOf([0, 0, 0, 0, 0, 0], letters, { columns }),
      parseParameters(beta, { of: ['right', 'format'] }),
    )
    const [right, format] = ['right', 'format'].map(
      (name) => run([...columns.get(name)!.values], letters).advantages.values,
    )
    expectClose(
      both.advantages.values,
      right!.map((value, row) => (value + format![row]!) / 2),
    )
    expect(Object.keys(both.evidence!)).toEqual(['right', 'format'])
  })

  it('a reward outside the range is invalid and does not touch its group', () => {
    const { advantages } = run([1, 0, 7], 'aaa')
    expectClose(advantages.values, [0.5, -0.5, 0])
    expect(advantages.reasons?.[2]).toMatch(/outside \[0, 1\]/)
  })

  it('as released, equal pass rates leave nothing usable, and a batch all right fails', () => {
    const { advantages } = run([1, 0, 0, 1], 'aabb', { onDegenerate: 'released' })
    expect([...advantages.valid]).toEqual([0, 0, 0, 0])
    expect(() => run([1, 1, 1, 1], 'aabb', { onDegenerate: 'released' })).toThrow(/all groups are right/)
    expectClose(run([1, 1, 1, 1], 'aabb').advantages.values, [0, 0, 0, 0])
  })

  it('evidence is plain JSON, with the pass rates of the groups', () => {
    const { evidence } = run([1, 0, 0, 1], 'aabb')
    expect(JSON.parse(JSON.stringify(evidence))).toEqual(evidence)
    expect(evidence).toMatchObject({ degenerate: true, a: null, groupMeans: [0.5, 0.5] })
  })

  it('names a column that does not exist', () => {
    expect(() => run([1], 'a', { of: ['nope'] })).toThrow(/no column "nope"/)
  })

  it('running estimates fit the density to several steps, and the first step is as without them', () => {
    const running = parseParameters(beta, { estimates: 'running', decay: 0.5 })
    const { initial, apply } = beta.stateful!
    const first = inputOf([1, 0, 0, 0, 1, 1, 1, 0], 'aaaabbbb')
    const second = inputOf([1, 1, 0, 0, 1, 0, 0, 0], 'aaaabbbb')
    const one = apply(first, running, initial(running)!)
    expectClose(one.advantages.values, run([1, 0, 0, 0, 1, 1, 1, 0], 'aaaabbbb').advantages.values)
    const two = apply(second, running, one.state)
    const mean = (0.5 * 0.5 + 0.375) / 1.5
    const variance = (0.5 * 0.125 + 0.03125) / 1.5
    expect(two.evidence!.passRateMean).toBeCloseTo(mean, 12)
    expect(two.evidence!.passRateVariance).toBeCloseTo(variance, 12)
    expect(two.evidence!.a).toBeCloseTo(((mean * (1 - mean)) / variance - 1) * mean, 9)
  })

  it('learns each column by itself, and nothing from single batches', () => {
    expect(beta.stateful!.initial(parseParameters(beta, {}))).toBeUndefined()
    const running = parseParameters(beta, { estimates: 'running', of: ['right', 'format'] })
    const columns = new Map([
      ['right', columnOf([1, 0, 1, 1])],
      ['format', columnOf([1, 1, 1, 0])],
    ])
    const { state } = beta.stateful!.apply(inputOf([0, 0, 0, 0], 'aabb', { columns }), running, {})
    expect(Object.keys(state)).toEqual(['right', 'format'])
  })
})
