import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { GuerdonError } from '../../records/error.ts'
import { BLEU_SMOOTHINGS, type BleuOptions, BleuScorer, sentenceBleu } from './sentence-bleu.ts'

const words = fc
  .array(fc.constantFrom('the', 'cat', 'sat', 'on', 'a', 'mat', ',', '.'), { minLength: 1, maxLength: 25 })
  .map((tokens) => tokens.join(' '))
const references = fc.array(words, { minLength: 1, maxLength: 4 })
const options: fc.Arbitrary<BleuOptions> = fc.oneof(
  fc.constantFrom<BleuOptions>({ variant: 'hf-smooth' }, { variant: 'hf-plain' }),
  fc.record({
    variant: fc.constant('sacrebleu' as const),
    smoothing: fc.constantFrom(...BLEU_SMOOTHINGS),
    effectiveOrder: fc.boolean(),
    order: fc.integer({ min: 1, max: 5 }),
  }),
)

describe('hf', () => {
  test('by hand: four of six unigrams, two bigrams, one trigram, a short text', () => {
    const { score, precisions, brevityPenalty, matches, totals } = sentenceBleu(
      'the cat sat here a mat',
      ['the cat sat on the big mat'],
      { variant: 'hf-smooth' },
    )
    expect(matches).toEqual([4, 2, 1, 0])
    expect(totals).toEqual([6, 5, 4, 3])
    expect(precisions).toEqual([5 / 7, 3 / 6, 2 / 5, 1 / 4])
    expect(brevityPenalty).toBeCloseTo(Math.exp(1 - 7 / 6), 15)
    expect(score).toBeCloseTo(Math.exp(1 - 7 / 6) * ((5 / 7) * 0.5 * 0.4 * 0.25) ** 0.25, 15)
  })

  test('smoothing gives one wrong word 0.84, and disjoint sentences more than 0', () => {
    expect(sentenceBleu('word', ['another'], { variant: 'hf-smooth' }).score).toBeCloseTo(0.5 ** 0.25, 15)
    expect(sentenceBleu('a b c d e', ['v w x y z'], { variant: 'hf-smooth' }).score).toBeGreaterThan(0)
    expect(sentenceBleu('a b c d e', ['v w x y z'], { variant: 'hf-plain' }).score).toBe(0)
  })

  test('measures length against the shortest reference', () => {
    const { referenceLength, brevityPenalty } = sentenceBleu('a b c', ['a b c d e', 'a'], {
      variant: 'hf-smooth',
    })
    expect([referenceLength, brevityPenalty]).toEqual([1, 1])
  })

  test('refuses texts and references without tokens', () => {
    expect(() => sentenceBleu('  ', ['a'], { variant: 'hf-smooth' })).toThrow(GuerdonError)
    expect(() => sentenceBleu('a', ['a', ' '], { variant: 'hf-plain' })).toThrow('length of 0')
    expect(() => sentenceBleu('a', [], { variant: 'sacrebleu' })).toThrow('no reference')
  })
})

describe('sacrebleu', () => {
  test('the smoothings of a text that shares one word of four', () => {
    const score = (smoothing: (typeof BLEU_SMOOTHINGS)[number]) =>
      sentenceBleu('a x y z', ['a b c d'], { variant: 'sacrebleu', smoothing }).score
    const mean = (...precisions: number[]) => precisions.reduce((a, b) => a * b, 1) ** (1 / 4)
    expect(score('none')).toBe(0)
    expect(score('exp')).toBeCloseTo(mean(25, 100 / (2 * 3), 100 / (4 * 2), 100 / 8), 10)
    expect(score('floor')).toBeCloseTo(mean(25, 10 / 3, 10 / 2, 10), 10)
    expect(score('add-k')).toBeCloseTo(mean(25, 100 / 4, 100 / 3, 100 / 2), 10)
  })

  test('the effective order is that of the text; without it short texts score 0', () => {
    const one = (effectiveOrder: boolean) =>
      sentenceBleu('a b', ['a b'], { variant: 'sacrebleu', effectiveOrder }).score
    expect(one(true)).toBeCloseTo(100, 10)
    expect(one(false)).toBe(0)
  })

  test('measures length against the closest reference, of two as close the shorter', () => {
    const { referenceLength } = sentenceBleu('a b c', ['a b c d', 'a b', 'a b c d e f'], {
      variant: 'sacrebleu',
    })
    expect(referenceLength).toBe(2)
  })

  test('lower case is optional, white space at the end never counts', () => {
    const variant = 'sacrebleu'
    expect(sentenceBleu('A B C D', ['a b c d'], { variant, lowercase: true }).score).toBeCloseTo(100, 10)
    expect(sentenceBleu('A B C D', ['a b c d'], { variant }).score).toBe(0)
    const page = (text: string) => sentenceBleu(text, ['see page 3.'], { variant, tokenizer: 'intl' }).score
    expect(page('see page 3. ')).toBe(page('see page 3.'))
  })
})

describe('BLEU in either dialect', () => {
  test('of a text against itself is perfect', () => {
    fc.assert(
      fc.property(words, (text) => {
        expect(sentenceBleu(text, [text], { variant: 'hf-smooth' }).score).toBeCloseTo(1, 12)
        expect(sentenceBleu(text, [text], { variant: 'sacrebleu', effectiveOrder: true }).score).toBeCloseTo(
          100,
          10,
        )
      }),
    )
  })

  test('does not depend on the order of the references', () => {
    fc.assert(
      fc.property(words, references, options, (text, list, chosen) => {
        const score = sentenceBleu(text, list, chosen).score
        expect(sentenceBleu(text, [...list].reverse(), chosen).score).toBe(score)
        expect(sentenceBleu(text, [...list, list[0]!], chosen).score).toBe(score)
      }),
    )
  })

  test('lies between 0 and its greatest value, and a scorer can be used again', () => {
    fc.assert(
      fc.property(fc.array(words, { minLength: 1 }), references, options, (texts, list, chosen) => {
        const scorer = new BleuScorer(chosen)
        scorer.setReferences(list)
        for (const text of texts) {
          const score = scorer.score(text)
          expect(score).toBe(sentenceBleu(text, list, chosen).score)
          expect(score).toBeGreaterThanOrEqual(0)
          expect(score).toBeLessThanOrEqual((chosen.variant === 'sacrebleu' ? 100 : 1) * (1 + 1e-12))
        }
      }),
    )
  })
})
