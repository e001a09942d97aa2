import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Rollout } from '../../records/rollout.ts'
import { requestDigest, rolloutDigest } from './content-digest.ts'

const text = fc.oneof(
  fc.string({ maxLength: 4 }),
  fc.array(fc.record({ role: fc.constantFrom('user', 'assistant'), content: fc.string({ maxLength: 3 }) }), {
    maxLength: 2,
  }),
)
const rollout: fc.Arbitrary<Rollout> = fc
  .record(
    {
      id: fc.constantFrom('', 'a', 'b'),
      group: fc.string({ maxLength: 2 }),
      prompt: text,
      completion: text,
      reference: fc.oneof(
        fc.string({ maxLength: 2 }),
        fc.array(fc.string({ maxLength: 2 }), { maxLength: 2 }),
      ),
      step: fc.nat(3),
      columns: fc.dictionary(fc.constantFrom('x', 'y'), fc.nat(3), { maxKeys: 1 }),
    },
    { requiredKeys: ['id', 'group', 'prompt', 'completion'] },
  )
  .map((value) => value as Rollout)

function comparable({ id, step, ...content }: Rollout): string {
  void id
  void step
  const { group, prompt, completion, reference, ...rest } = content
  return JSON.stringify([group, prompt, completion, reference ?? null, rest])
}

describe('digests', () => {
  it('are equal for equal content and differ for different content', () => {
    fc.assert(
      fc.property(rollout, rollout, (a, b) => {
        expect(rolloutDigest(a) === rolloutDigest(b)).toBe(comparable(a) === comparable(b))
        expect(rolloutDigest({ ...a })).toBe(rolloutDigest(a))
      }),
    )
  })

  it('of a request see ids, steps, order and the protocol', () => {
    const row = (id: string, step?: number): Rollout => ({
      id,
      group: 'g',
      prompt: 'p',
      completion: 'c',
      ...(step === undefined ? {} : { step }),
    })
    const digests = [
      requestDigest('a', [row('1'), row('2')]),
      requestDigest('a', [row('2'), row('1')]),
      requestDigest('a', [row('1', 1), row('2')]),
      requestDigest('b', [row('1'), row('2')]),
      requestDigest('a', [row('1')]),
    ]
    expect(new Set(digests).size).toBe(digests.length)
    expect(requestDigest('a', [row('1'), row('2')])).toBe(digests[0])
  })

  it('keep splits of the same characters apart', () => {
    const split = (group: string, prompt: string, completion: string): string =>
      rolloutDigest({ id: '', group, prompt, completion })
    expect(new Set([split('g', 'ab', 'c'), split('g', 'a', 'bc'), split('ga', 'b', 'c')]).size).toBe(3)
  })
})
