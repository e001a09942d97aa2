import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cutPrompt, END_OF_TURN_TOKENS, splitChatText, stripEndOfTurn } from './chat-text.ts'

describe('splitChatText', () => {
  it.each([
    ['ChatML', '<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n', 'Hello!', '<|im_end|>\n'],
    [
      'Llama 3',
      '<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n',
      'Hello!',
      '<|eot_id|>',
    ],
    [
      'Gemma',
      '<bos><start_of_turn>user\nHi<end_of_turn>\n<start_of_turn>model\n',
      'Hello!',
      '<end_of_turn>\n',
    ],
    ['Mistral', '<s>[INST] Hi [/INST] ', 'Hello!', '</s>'],
    ['Human and Assistant', '\n\nHuman: Hi\n\nAssistant: ', 'Hello!', ''],
  ])('knows the marks of %s', (_family, prompt, completion, end) => {
    expect(splitChatText(prompt + completion + end)).toEqual({ prompt, completion })
    const earlier = prompt + completion + end
    expect(splitChatText(`${earlier + prompt}second${end}`)).toEqual({
      prompt: earlier + prompt,
      completion: 'second',
    })
  })

  it('takes a text without marks as all completion', () => {
    expect(splitChatText('plain text</s>')).toEqual({ prompt: '', completion: 'plain text' })
    expect(splitChatText('Assistant: hi')).toEqual({ prompt: '', completion: 'Assistant: hi' })
  })

  it('keeps everything up to the answer', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, answer) => {
        const { prompt, completion } = splitChatText(`${before}<|im_start|>assistant\n${answer}`)
        expect(`${before}<|im_start|>assistant\n${answer}`.startsWith(prompt + completion)).toBe(true)
      }),
    )
  })
})

describe('stripEndOfTurn', () => {
  it('cuts tokens at the end only, also several', () => {
    expect(stripEndOfTurn('a</s>b<|im_end|></s>\n', END_OF_TURN_TOKENS)).toBe('a</s>b')
    expect(stripEndOfTurn('kept  ', END_OF_TURN_TOKENS)).toBe('kept  ')
    expect(stripEndOfTurn('a', [''])).toBe('a')
  })
})

describe('cutPrompt', () => {
  it('removes a prefix exactly', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (prompt, completion) => {
        expect(cutPrompt(prompt + completion, prompt)).toEqual({ completion, cut: undefined })
      }),
    )
  })

  it('cuts the longest common prefix otherwise, and keeps surrogate pairs whole', () => {
    expect(cutPrompt('abX', 'abc')).toEqual({ completion: 'X', cut: 2 })
    expect(cutPrompt('\u{1f600}', '\u{1f601}')).toEqual({ completion: '\u{1f600}', cut: 0 })
  })
})
