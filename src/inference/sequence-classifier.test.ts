import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import {
  classifierFiles,
  EMBEDDINGS,
  encoderFiles,
  idOf,
  LABELS,
  TYPES,
  WIDTH,
  writeModel,
} from '../../test/models/tiny-models.ts'
import { openTextScorer, type TextScorerSpec } from './text-scorer.ts'

const root = mkdtempSync(join(tmpdir(), 'classifiers-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
const folders = ([1, 2, 3] as const).map((columns) =>
  writeModel(join(root, `of-${columns}`), classifierFiles(columns)),
)

const open = (columns: 1 | 2 | 3, more: Partial<Extract<TextScorerSpec, { use: 'onnx' }>> = {}) =>
  openTextScorer({ use: 'onnx', model: folders[columns - 1]!, threads: 1, ...more })

/** The tiny classifier's logit, by its definition; tokens from `second` on are of the second text. */
function logit(words: readonly string[], label: number, second = words.length): number {
  let sum = 0
  for (const [place, word] of words.entries())
    for (let column = 0; column < WIDTH; column++)
      sum +=
        (EMBEDDINGS.data[idOf(word) * WIDTH + column]! +
          TYPES.data[(place >= second ? WIDTH : 0) + column]!) *
        LABELS.data[column * 3 + label]!
  return sum
}

const texts = ['the cat sat', 'dog', 'the dog sat on the mat', '']
const rows = texts.map((text) => ['[CLS]', ...text.split(' ').filter((word) => word !== ''), '[SEP]'])

describe('a sequence classifier', () => {
  it('gives the logit of its only label', async () => {
    const scorer = await open(1)
    const scores = await scorer.scoreTexts(texts)
    for (const [row, words] of rows.entries()) expect(scores[row]).toBeCloseTo(logit(words, 0), 4)
    expect(await scorer.scoreTexts([])).toEqual(new Float64Array(0))
    await scorer.close()
  })

  it('gives the label that is chosen, by name or number, after the activation that is said', async () => {
    for (const label of ['bad', 1] as const) {
      const scorer = await open(3, { label, activation: 'softmax' })
      const scores = await scorer.scoreTexts(texts)
      for (const [row, words] of rows.entries()) {
        const all = [0, 1, 2].map((index) => Math.exp(logit(words, index)))
        expect(scores[row]).toBeCloseTo(all[1]! / (all[0]! + all[1]! + all[2]!), 5)
      }
      await scorer.close()
    }
    const scorer = await open(2, { label: 'good', activation: 'sigmoid' })
    expect((await scorer.scoreTexts(['dog']))[0]).toBeCloseTo(1 / (1 + Math.exp(-logit(rows[1]!, 0))), 5)
    await scorer.close()
  })

  it('reads pairs in one sequence, the second of its own type', async () => {
    const scorer = await open(1)
    const words = ['[CLS]', 'the', 'cat', '[SEP]', 'sat', '[SEP]']
    const scores = await scorer.scorePairs!(['the cat', 'dog'], ['sat', 'mat'])
    expect(scores[0]).toBeCloseTo(logit(words, 0, 4), 4)
    await expect(scorer.scorePairs!(['a'], [])).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' })
    await scorer.close()
  })

  it('keeps the end of a text that is too long', async () => {
    const scorer = await open(1, { maxTokens: 4 })
    expect((await scorer.scoreTexts(['the cat sat on mat']))[0]).toBeCloseTo(
      logit(['[CLS]', 'on', 'mat', '[SEP]'], 0),
      4,
    )
    await scorer.close()
  })

  it('leaves special tokens out where the text has its own', async () => {
    const scorer = await open(1, { specialTokens: false })
    const scores = await scorer.scoreTexts(['[CLS] dog [SEP] cat'])
    expect(scores[0]).toBeCloseTo(logit(['[CLS]', 'dog', '[SEP]', 'cat'], 0), 4)
    await expect(scorer.scoreTexts([''])).rejects.toMatchObject({ code: 'ROW_INVALID' })
    await scorer.close()
  })

  it('refuses what has no one meaning', async () => {
    await expect(open(2)).rejects.toThrow(/must be said; expected label: one of good, bad/)
    await expect(open(2, { label: 'ugly' })).rejects.toMatchObject({ code: 'MODEL_INVALID' })
    await expect(open(1, { label: 1 })).rejects.toMatchObject({ code: 'MODEL_INVALID' })
    await expect(open(1, { activation: 'softmax' })).rejects.toThrow(/softmax over one label/)
    const encoder = writeModel(join(root, 'encoder'), encoderFiles())
    await expect(openTextScorer({ use: 'onnx', model: encoder })).rejects.toThrow(/not one row a text/)
    await expect(openTextScorer({ use: 'judge' } as never)).rejects.toMatchObject({ code: 'SPEC_INVALID' })
  })

  it('has another digest for another label and activation', async () => {
    const digests = new Set<string>()
    for (const more of [
      { label: 0 },
      { label: 1 },
      { label: 1, activation: 'softmax' },
      { label: 1, truncate: 'right' },
    ] as const) {
      const scorer = await open(2, more)
      digests.add(scorer.digest)
      await scorer.close()
    }
    expect(digests.size).toBe(4)
  })
})
