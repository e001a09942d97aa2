import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FORM_COLUMNS, HashedNGrams } from './hashed-n-grams.ts'

function cosine(a: Float32Array, b: Float32Array): number {
  let [dot, ofA, ofB] = [0, 0, 0]
  for (let index = 0; index < a.length; index++) {
    dot += a[index]! * b[index]!
    ofA += a[index]! ** 2
    ofB += b[index]! ** 2
  }
  return dot / Math.sqrt(ofA * ofB)
}

const rowOf = (all: Float32Array, row: number, width: number) => all.subarray(row * width, (row + 1) * width)

describe('HashedNGrams', () => {
  it('gives a row of length 1 for every text, whatever stands beside it', async () => {
    const encoder = new HashedNGrams({ width: 64, form: false })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'binary' }), { maxLength: 6 }), async (texts) => {
        const together = await encoder.embed(texts)
        expect(together).toHaveLength(texts.length * 64)
        for (const [row, text] of texts.entries()) {
          const alone = await encoder.embed([text])
          expect(rowOf(together, row, 64)).toEqual(alone)
          const length = Math.hypot(...alone)
          // Texts of blanks have no n-grams, and signs may cancel; everything else has length 1.
          expect(length < 1e-6 || Math.abs(length - 1) < 1e-5).toBe(true)
        }
      }),
    )
  })

  it('puts texts that share words closer than texts that do not', async () => {
    const encoder = new HashedNGrams({ form: false })
    const all = await encoder.embed([
      'The cat sat on the mat.',
      'A cat sat on a mat!',
      'Interest rates rose sharply in March.',
    ])
    const [a, b, c] = [0, 1, 2].map((row) => rowOf(all, row, encoder.width))
    expect(cosine(a!, b!)).toBeGreaterThan(0.3)
    expect(Math.abs(cosine(a!, c!))).toBeLessThan(0.2)
  })

  it('sees the order of words and the number of repeats', async () => {
    const encoder = new HashedNGrams({ form: false })
    const all = await encoder.embed(['dog bites man', 'man bites dog', 'dog bites man dog bites man'])
    const [a, b, c] = [0, 1, 2].map((row) => rowOf(all, row, encoder.width))
    expect(cosine(a!, b!)).toBeLessThan(0.9)
    expect(cosine(a!, c!)).toBeLessThan(0.999)
    expect(cosine(a!, c!)).toBeGreaterThan(cosine(a!, b!))
  })

  it('says the form of a text in the last columns', async () => {
    const encoder = new HashedNGrams({ width: 32 })
    const all = await encoder.embed(['AB 12!\nab ab é', ''])
    const form = [...rowOf(all, 0, 32).subarray(32 - FORM_COLUMNS)]
    const expected = [
      Math.log(15) / 10,
      Math.log(7) / 10,
      Math.log(3) / 10,
      2 / 14,
      2 / 14,
      1 / 14,
      1 / 14,
      4 / 6,
    ]
    for (const [column, value] of expected.entries()) expect(form[column]).toBeCloseTo(value, 6)
    expect([...rowOf(all, 1, 32)]).toEqual(new Array(32).fill(0))
  })

  it('does not tell compatibility forms, cases and kinds of white space apart without the form', async () => {
    const encoder = new HashedNGrams({ form: false })
    const all = await encoder.embed(['ﬁne  Words', 'fine\twords'])
    expect(rowOf(all, 0, encoder.width)).toEqual(rowOf(all, 1, encoder.width))
  })

  it('gives the numbers it gave before: trained heads depend on them', async () => {
    const encoder = new HashedNGrams({ width: 16 })
    const [first, second, third] = await encoder.embed(['Guerdon'])
    expect([first, second, third]).toMatchInlineSnapshot(`
      [
        0.37796446681022644,
        -0.18898223340511322,
        -0.8017837405204773,
      ]
    `)
    expect(encoder.digest).toMatchInlineSnapshot(
      `"8d50232d75ec698d24bc6c55f7d9f88d2f2fe0926998bf982e13ad706e8f8f1f"`,
    )
  })

  it('counts a text of many n-grams', async () => {
    const encoder = new HashedNGrams({ width: 4096 })
    const text = Array.from({ length: 20_000 }, (_, index) => `w${(index * 7919) % 100_003}`).join(' ')
    const [row, again] = [await encoder.embed([text]), await encoder.embed([text])]
    expect(row).toEqual(again)
    expect(Math.hypot(...row.subarray(0, 4096 - FORM_COLUMNS))).toBeCloseTo(1, 4)
  })

  it('has another digest for every option', () => {
    const digests = [{}, { width: 256 }, { form: false }, { seed: 1 }].map(
      (spec) => new HashedNGrams(spec).digest,
    )
    expect(new Set(digests).size).toBe(4)
    expect(new HashedNGrams({ width: 512, form: true, seed: 0 }).digest).toBe(digests[0])
  })

  it('hashes elsewhere with another seed', async () => {
    const [a, b] = await Promise.all(
      [0, 1].map((seed) => new HashedNGrams({ seed, form: false }).embed(['one two'])),
    )
    expect(Math.abs(cosine(a!, b!))).toBeLessThan(0.5)
  })

  it('stops when it is told to, lets others work meanwhile, and says how far it is', async () => {
    const encoder = new HashedNGrams()
    const stop = new AbortController()
    const texts = new Array(200_000).fill('many words that take their time to be counted')
    const seen: number[] = []
    const work = encoder.embed(texts, {
      abort: stop.signal,
      progress: (done) => {
        seen.push(done)
        if (seen.length === 2) stop.abort()
      },
    })
    await expect(work).rejects.toMatchObject({ code: 'RUN_CANCELLED' })
    expect(seen).toHaveLength(2)
    expect(seen[1]!).toBeGreaterThan(seen[0]!)
    await encoder.close()
    await expect(encoder.embed(['a'])).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' })
    expect(() => new HashedNGrams({ width: 10 })).toThrow(/too few columns/)
  })
})
