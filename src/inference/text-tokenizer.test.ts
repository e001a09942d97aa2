import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { idOf, tokenizerJson, WORDS } from '../../test/models/tiny-models.ts'
import { TextTokenizer } from './text-tokenizer.ts'

const around = new TextTokenizer({
  tokenizer: tokenizerJson('around'),
  config: { eos_token: '[SEP]' },
  folder: 'm',
})
const text = (ids: ArrayLike<number>) => Array.from(ids, (id) => WORDS[id]).join(' ')
const all = { maxTokens: 100, truncate: 'right' } as const

describe('TextTokenizer', () => {
  it('puts special tokens around a text, and between and behind two', () => {
    expect(text(around.encode('the cat', all).ids)).toBe('[CLS] the cat [SEP]')
    expect(text(around.encode('', all).ids)).toBe('[CLS] [SEP]')
    const pair = around.encode('the cat', all, 'Sat owl')
    expect(text(pair.ids)).toBe('[CLS] the cat [SEP] sat [UNK] [SEP]')
    expect(pair.firstLength).toBe(4)
    expect(text(around.encode('the', all, '').ids)).toBe('[CLS] the [SEP] [SEP]')
    expect(text(around.encode('the cat', { ...all, specialTokens: false }).ids)).toBe('the cat')
    const begin = new TextTokenizer({ tokenizer: tokenizerJson('begin'), config: {}, folder: 'm' })
    expect(text(begin.encode('the', all).ids)).toBe('[CLS] the')
    expect(begin.begin).toEqual([idOf('[CLS]')])
  })

  it('cuts to the tokens that are allowed, special ones kept, and says so', () => {
    const word = fc.constantFrom('the', 'cat', 'sat')
    const words = fc.array(word, { maxLength: 12 })
    fc.assert(
      fc.property(
        words,
        fc.option(words),
        fc.integer({ min: 3, max: 12 }),
        fc.constantFrom('left', 'right'),
        (first, second, most, side) => {
          const row = around.encode(first.join(' '), { maxTokens: most, truncate: side }, second?.join(' '))
          const whole = first.length + (second === null ? 2 : second.length + 3)
          expect(row.ids.length).toBe(Math.min(whole, most))
          expect(row.cut).toBe(whole > most)
          expect([WORDS[row.ids[0]!], WORDS[row.ids.at(-1)!]]).toEqual(['[CLS]', '[SEP]'])
          const kept = text(row.ids.subarray(1, (second === null ? row.ids.length : row.firstLength) - 1))
            .split(' ')
            .filter((w) => w !== '')
          expect(kept).toEqual(
            side === 'right' ? first.slice(0, kept.length) : first.slice(first.length - kept.length),
          )
        },
      ),
    )
    expect(() => around.encode('a', { maxTokens: 1, truncate: 'right' })).toThrow(/no room for a token/)
  })

  it('takes from the longer text of a pair first', () => {
    const cut = around.encode('the', { maxTokens: 7, truncate: 'right' }, 'cat sat on mat dog')
    expect(text(cut.ids)).toBe('[CLS] the [SEP] cat sat on [SEP]')
    const even = around.encode('the the the the', { maxTokens: 8, truncate: 'right' }, 'cat sat on mat dog')
    expect(text(even.ids)).toBe('[CLS] the the [SEP] cat sat on [SEP]')
  })

  it('reads byte-level tokenizers, whose post-processor adds nothing', () => {
    const json = tokenizerJson('none')
    const tokenizer = {
      ...json,
      post_processor: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false },
    }
    const bytes = new TextTokenizer({ tokenizer, config: {}, folder: 'm' })
    expect(text(bytes.encode('the cat', all).ids)).toBe('the cat')
    expect(bytes.begin).toEqual([])
    const pair = bytes.encode('the cat', all, 'sat')
    expect(text(pair.ids)).toBe('the cat sat')
    expect(pair.firstLength).toBe(2)
  })

  it('leaves out what a vocabulary without an unknown token lacks', () => {
    const json = tokenizerJson('around') as { model: object }
    const tokenizer = { ...json, model: { ...json.model, unk_token: undefined } }
    const without = new TextTokenizer({ tokenizer, config: {}, folder: 'm' })
    expect(text(without.encode('the owl sat', all).ids)).toBe('[CLS] the sat [SEP]')
  })

  it('finds tokens by the names of the config', () => {
    expect(around.namedId('eos_token')).toBe(idOf('[SEP]'))
    expect(around.namedId('pad_token')).toBeUndefined()
  })
})
