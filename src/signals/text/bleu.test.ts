import { describe, expect, test } from 'vitest'
import { bleu } from './bleu.ts'
import { scoreSignal } from './text-signal.contract.ts'

describe('bleu', () => {
  test('compares with all references at once, and says what the score rests on', async () => {
    const { column } = await scoreSignal(
      bleu,
      {},
      [{ completion: 'the cat sat', reference: ['the cat sat down', 'a dog'] }],
      true,
    )
    expect(column.values[0]).toBe(1)
    expect(column.evidence?.[0]).toMatchObject({
      hypothesisLength: 3,
      referenceLength: 2,
      matches: [3, 2, 1, 0],
    })
  })

  test('an empty answer is worth 0 in both dialects, a reference without tokens makes the row invalid', async () => {
    for (const variant of ['hf-smooth', 'hf-plain', 'sacrebleu']) {
      const { column } = await scoreSignal(bleu, { variant, answer: 'tags' }, [
        { completion: '<answer> </answer>', reference: 'a' },
        { completion: 'a', reference: ['a', ' '] },
        { completion: 'a', reference: [] },
      ])
      expect(Array.from(column.valid)).toEqual([1, 0, 0])
      expect(column.values[0]).toBe(0)
      expect(column.reasons?.slice(1)).toEqual(['reference 2 has no tokens', 'no reference'])
    }
  })

  test('sacrebleu’s 0 to 100 is divided by 100 unless asked for', async () => {
    const rollouts = [{ completion: 'a b c d', reference: 'a b c d e' }]
    const score = async (scale: number) =>
      (await scoreSignal(bleu, { variant: 'sacrebleu', scale }, rollouts)).column.values[0]!
    expect(await score(1)).toBeCloseTo(Math.exp(1 - 5 / 4), 12)
    expect(await score(100)).toBeCloseTo(100 * Math.exp(1 - 5 / 4), 10)
  })

  test('a Chinese sentence needs a tokeniser that cuts it', async () => {
    const rollouts = [{ completion: '今天天气很好', reference: '今天天气很不好' }]
    const score = async (tokenizer: string) =>
      (await scoreSignal(bleu, { variant: 'hf-plain', tokenizer }, rollouts)).column.values[0]!
    expect(await score('13a')).toBe(0)
    expect(await score('zh')).toBeGreaterThan(0.5)
  })
})
