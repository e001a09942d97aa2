import { describe, expect, it } from 'vitest'
import { completionText } from '../../records/rollout.ts'
import { UNNAMED } from '../scoring/scoring-service.ts'
import { cutConversation, plainRollout, referenceOf } from './wire-text.ts'

describe('referenceOf', () => {
  it.each([
    ['42', '42'],
    [42, '42'],
    [true, 'true'],
    [null, undefined],
    [undefined, undefined],
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
    [[], '[]'],
    [['a', 1], '["a",1]'],
    [{ a: 1 }, '{"a":1}'],
  ])('%j is compared as %j', (label, reference) => {
    expect(referenceOf(label)).toEqual(reference)
  })
})

describe('plainRollout', () => {
  it('groups rows by their prompt', () => {
    const rows = ['p', 'p', 'q'].map((prompt) => plainRollout({ prompt, completion: 'c' }))
    expect(rows.map(({ id }) => id)).toEqual([UNNAMED, UNNAMED, UNNAMED])
    expect(rows[0]!.group).toBe(rows[1]!.group)
    expect(rows[0]!.group).not.toBe(rows[2]!.group)
  })
})

describe('cutConversation', () => {
  it('cuts at the last message of the assistant, one of tool calls alone included', () => {
    const { prompt, completion } = cutConversation(
      [
        { role: 'user', content: 'q' },
        { role: 'assistant', tool_calls: [] },
      ],
      'messages',
    )
    expect(prompt).toEqual([{ role: 'user', content: 'q' }])
    expect(completionText(completion)).toBe('')
  })

  it('refuses a conversation without one', () => {
    expect(() => cutConversation([{ role: 'user', content: 'q' }], 'messages')).toThrow('"messages"')
  })
})
