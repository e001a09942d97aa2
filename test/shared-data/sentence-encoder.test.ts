/**
 * A real sentence encoder, all-MiniLM-L6-v2 with int8 weights, beside what Python makes of it: onnxruntime 1.32.0 and
 * tokenizers 0.23.3, mean over the mask, length 1, at most 256 tokens. It is fetched with GUERDON_MODELS=1.
 */
import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encoderFolder, fetchEncoder } from '../../scripts/fetch-encoder.ts'
import { type Encoder, openEncoder } from '../../src/inference/encoder.ts'

const fetches = process.env.GUERDON_MODELS === '1'
const present = fetches || existsSync(encoderFolder)
if (!present) console.warn('skipped: the sentence encoder is not in models/ (node scripts/fetch-encoder.ts)')

/** Texts, and the first six numbers of their embeddings by Python. */
const MEASURED: readonly (readonly [string, readonly number[]])[] = [
  ['The cat sits on the mat.', [0.1308667, -0.0325771, -0.0226191, 0.0399101, -0.0360467, 0.041354]],
  ['', [-0.1273529, 0.0408738, -0.0014283, -0.0159858, 0.053876, 0.008883]],
  [
    'Ünïcödé: naïve café, ﬁne ligature, 你好世界, こんにちは, emoji 😀👩\u200d👩\u200d👧 and math ∑x²≠∞',
    [-0.0478541, 0.0084424, 0.044469, 0.0035735, -0.0368403, -0.0306676],
  ],
  [
    '<b>HTML &amp; code</b> def f(x):\n    return x**2  # comment\n',
    [-0.0654863, 0.0210576, -0.0134963, 0.0427069, -0.0029569, -0.029868],
  ],
  [
    '[CLS] special [SEP] tokens [MASK] inside [UNK]',
    [-0.0870844, 0.0090177, 0.1011545, 0.0226764, -0.042507, 0.0529649],
  ],
  [
    "İstanbul'da ŞEHİR ß ẞ Ω Å ﷺ \u0000 \u200b zero width \u00a0 nbsp",
    [-0.0591184, 0.0535654, -0.034145, -0.0281495, -0.11794, 0.0327028],
  ],
  [
    'The quick brown fox jumps over the lazy dog, again and again. '.repeat(200),
    [0.0446016, -0.0485322, 0.074772, 0.0005781, -0.0545475, -0.0052981],
  ],
]

describe.skipIf(!present)('all-MiniLM-L6-v2', () => {
  let encoder: Encoder
  beforeAll(async () => {
    if (fetches) await fetchEncoder()
    encoder = await openEncoder({ use: 'onnx', model: encoderFolder })
  }, 600_000)
  afterAll(() => encoder?.close())

  it('gives the numbers that Python gives, for empty, long and all kinds of texts', async () => {
    expect(encoder.width).toBe(384)
    const found = await encoder.embed(MEASURED.map(([text]) => text))
    for (const [row, [text, numbers]] of MEASURED.entries()) {
      const start = row * encoder.width
      expect([...found.subarray(start, start + numbers.length)], text.slice(0, 40)).toEqual(
        numbers.map((value) => expect.closeTo(value, 5)),
      )
      expect(Math.hypot(...found.subarray(start, start + encoder.width))).toBeCloseTo(1, 5)
    }
  })

  it('puts what means the same closer than what uses the same words', async () => {
    const [asked, same, words] = ['How old are you?', 'What is your age?', 'How old is the church?']
    const found = await encoder.embed([asked!, same!, words!])
    const cosine = (a: number, b: number) => {
      let dot = 0
      for (let column = 0; column < encoder.width; column++)
        dot += found[a * encoder.width + column]! * found[b * encoder.width + column]!
      return dot
    }
    expect(cosine(0, 1)).toBeGreaterThan(cosine(0, 2) + 0.2)
  })
})
