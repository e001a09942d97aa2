import { describe, expect, it } from 'vitest'
import type { Message } from '../records/rollout.ts'
import { CONVERSATION_TEMPLATES, encodedText, promptBefore } from './conversation-text.ts'

const talk: readonly Message[] = [
  { role: 'system', content: 'Be brief.' },
  {
    role: 'user',
    content: [{ type: 'text', text: 'Name a ' }, { type: 'image' }, { type: 'text', text: 'fruit.' }],
  },
]

describe('encodedText', () => {
  it('lays messages out with their roles', () => {
    expect(encodedText(talk, [{ role: 'assistant', content: ' Apple ' }], 'together', 'llama-3')).toBe(
      '<|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|>' +
        '<|start_header_id|>user<|end_header_id|>\n\nName a fruit.<|eot_id|>' +
        '<|start_header_id|>assistant<|end_header_id|>\n\nApple<|eot_id|>',
    )
    expect(encodedText(talk, 'Apple', 'together', 'plain')).toBe(
      'system: Be brief.\nuser: Name a fruit.\n\nApple',
    )
  })

  it('takes the last assistant message for the completion alone, whatever the template', () => {
    const completion = [
      { role: 'assistant', content: 'Let me see.' },
      { role: 'tool', content: '42' },
      { role: 'assistant', content: 'It is 42.' },
    ]
    for (const template of CONVERSATION_TEMPLATES)
      expect(encodedText('q', completion, 'completion', template)).toBe('It is 42.')
  })

  it('keeps every message of a completion in a layout with roles', () => {
    const text = encodedText(
      'q',
      [
        { role: 'assistant', content: null, tool_calls: [] },
        { role: 'tool', content: '42' },
      ],
      'together',
      'chatml',
    )
    expect(text).toBe(
      '<|im_start|>user\nq<|im_end|>\n<|im_start|>assistant\n<|im_end|>\n<|im_start|>tool\n42<|im_end|>\n',
    )
  })

  it('puts no blank line before the completion of an empty prompt', () => {
    expect(encodedText('', 'a', 'together')).toBe('a')
    expect(encodedText([], 'a', 'together')).toBe('a')
  })

  it('begins with what stands before the completion', () => {
    for (const template of ['chatml', 'llama-3'] as const)
      for (const prompt of ['Hi', talk])
        expect(
          encodedText(prompt, 'x', 'together', template).startsWith(promptBefore(prompt, template)),
        ).toBe(true)
  })
})
