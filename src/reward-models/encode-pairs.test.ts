import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { rowsOf } from '../engine/sessions/fill.ts'
import { HashedNGrams } from '../inference/hashed-n-grams.ts'
import { type EncodePairsOptions, encodePairs, type PairEncoder } from './encode-pairs.ts'
import type { EncodedPairs } from './encoded-pairs.ts'
import { type MadePair, madePairs, writePairs } from './made-preferences.contract.ts'
import { defineRecipe, type Recipe } from './recipe.ts'
import { recipeNamed } from './recipes.ts'
import { checkTrainConfig } from './train-config.ts'

const folder = mkdtempSync(join(tmpdir(), 'guerdon-encode-'))
afterAll(() => rmSync(folder, { recursive: true }))
const encoder: PairEncoder = {
  texts: new HashedNGrams({ width: 32 }),
  text: { read: 'together', template: 'plain' },
}
const options: EncodePairsOptions = { folder: join(folder, 'work'), memory: 2 ** 30 }
let files = 0
const fileOf = (pairs: readonly object[]): string => writePairs(join(folder, `${files++}.jsonl`), pairs)
const configOf = (data: unknown, more: object = {}) => checkTrainConfig({ name: 'a', data, ...more })

const rowOf = (pairs: EncodedPairs, side: 'chosen' | 'rejected', row: number): number[] =>
  Array.from(rowsOf(pairs[side], Int32Array.of(row)).values)

test('every pair is in one part, with its embeddings and columns, and no prompt is in two', async () => {
  const made = madePairs(400, 1)
  const data = await encodePairs(configOf(fileOf(made), { holdOut: { share: 0.3 } }), encoder, options)
  const { train, validation, test: held } = data
  expect(train.count + validation.count + held.count).toBe(400)
  expect(validation.count).toBeGreaterThan(30)
  expect(held.count).toBeGreaterThan(30)
  const partsOfPrompt = new Map<number, number>()
  for (const [index, { prompts }] of [train, validation, held].entries())
    for (const prompt of prompts)
      expect(partsOfPrompt.set(prompt, partsOfPrompt.get(prompt) ?? index).get(prompt)).toBe(index)
  expect(data.report).toMatchObject({
    pairs: 400,
    prompts: 200,
    ties: 0,
    users: 4,
    sources: ['first', 'second'],
  })
  // The first training pair is the first of the file whose prompt was not held out.
  const expected = await encoder.texts.embed([`${made[0]!.prompt}\n\n${made[0]!.chosen}`])
  const all = [train, validation, held].map((part) => rowOf(part, 'chosen', 0).join())
  expect(all).toContain([...expected].join())
  expect(train.users.names).toEqual(['user 0', 'user 1', 'user 2', 'user 3'])
})

test('a split follows the prompt alone: more data moves nothing, and the digest tells the data apart', async () => {
  const made = madePairs(200, 2)
  const few = await encodePairs(configOf(fileOf(made.slice(0, 100))), encoder, options)
  const many = await encodePairs(configOf(fileOf(made)), encoder, options)
  const again = await encodePairs(configOf(fileOf(made)), encoder, options)
  expect(many.digest).toBe(again.digest)
  expect(few.digest).not.toBe(many.digest)
  const rows = (pairs: EncodedPairs): string[] =>
    Array.from({ length: pairs.count }, (_, row) => rowOf(pairs, 'chosen', row).join())
  for (const part of ['train', 'validation', 'test'] as const) {
    const later = new Set(rows(many[part]))
    for (const row of rows(few[part])) expect(later.has(row)).toBe(true)
  }
})

test('beyond the limit embeddings lie in files, with the same numbers', async () => {
  const config = configOf(fileOf(madePairs(150, 3)), { holdOut: { share: 0.4 } })
  const inMemory = await encodePairs(config, encoder, options)
  const inFiles = await encodePairs(config, encoder, { ...options, memory: 1000 })
  expect('path' in inFiles.train.chosen && statSync(inFiles.train.chosen.path).size).toBe(
    inFiles.train.count * 32 * 4,
  )
  for (const part of ['train', 'validation', 'test'] as const)
    for (let row = 0; row < inMemory[part].count; row++) {
      expect(rowOf(inFiles[part], 'chosen', row)).toEqual(rowOf(inMemory[part], 'chosen', row))
      expect(rowOf(inFiles[part], 'rejected', row)).toEqual(rowOf(inMemory[part], 'rejected', row))
    }
})

test('weights repeat training pairs or take a share of them, and never those that are held out', async () => {
  const made = madePairs(300, 4)
  const plain = await encodePairs(configOf(fileOf(made)), encoder, options)
  const weighted = async (weight: number) =>
    (await encodePairs(configOf([{ file: fileOf(made), weight }]), encoder, options)).report.parts
  expect(await weighted(3)).toEqual({ ...plain.report.parts, train: 3 * plain.report.parts.train })
  const half = await weighted(0.5)
  expect(half.validation).toBe(plain.report.parts.validation)
  expect(half.train / plain.report.parts.train).toBeGreaterThan(0.4)
  expect(half.train / plain.report.parts.train).toBeLessThan(0.6)
})

test('ties are counted, and trained on only where the recipe takes them', async () => {
  const made = madePairs(60, 5).map((pair, index) => ({ ...pair, tie: index % 3 === 0 }))
  const config = configOf(fileOf(made), { holdOut: { share: 0 } })
  const without = await encodePairs(config, encoder, options)
  expect(without.report).toMatchObject({
    ties: 20,
    tiesLeftOut: 20,
    parts: { train: 40, validation: 0, test: 0 },
  })
  const takes = { ...config, recipe: { ...config.recipe, takes: { ties: true } } }
  const { train } = await encodePairs(takes, encoder, options)
  expect(train.tie.reduce((sum, tie) => sum + tie, 0)).toBe(20)
})

test('a held-out file is the test, and its prompts leave the training pairs', async () => {
  const made = madePairs(100, 6)
  const config = configOf(fileOf(made), { holdOut: { file: fileOf(made.slice(0, 10)), share: 0.1 } })
  const { report } = await encodePairs(config, encoder, options)
  expect(report.parts.test).toBe(10)
  // Every prompt is asked twice, and the ten pairs ask ten of them.
  expect(report.promptsHeldOut).toBe(20)
  expect(report.parts.train + report.parts.validation).toBe(80)
})

test('held out by user, no user is in two parts', async () => {
  const made = madePairs(300, 7).map((pair, index) => ({ ...pair, user: `u${index % 30}` }))
  const {
    train,
    validation,
    test: held,
  } = await encodePairs(configOf(fileOf(made), { holdOut: { share: 0.5, by: 'user' } }), encoder, options)
  const partOfUser = new Map<number, number>()
  for (const [index, { users }] of [train, validation, held].entries())
    for (const user of users.codes)
      expect(partOfUser.set(user, partOfUser.get(user) ?? index).get(user)).toBe(index)
  expect(validation.count * held.count).toBeGreaterThan(0)
})

test('features come from columns of the two sides, or from two objects', async () => {
  const made = madePairs(20, 8).map((pair, index) =>
    index % 2 === 0
      ? { ...pair, chosen_judge: index, rejected_judge: -index, chosen_right: true, rejected_right: false }
      : {
          ...pair,
          chosen_features: { judge: index, right: 1 },
          rejected_features: { judge: -index, right: 0 },
        },
  )
  const config = configOf(fileOf(made), {
    holdOut: { share: 0 },
    encoder: { use: 'columns', names: ['judge', 'right'] },
  })
  const features: PairEncoder = { features: ['judge', 'right'] }
  const { train } = await encodePairs(config, features, options)
  for (let row = 0; row < 20; row++) {
    expect(rowOf(train, 'chosen', row)).toEqual([row, 1])
    expect(rowOf(train, 'rejected', row)).toEqual([0 - row, 0])
  }
  const { chosen_judge: _, ...lacking } = made[2] as Record<string, unknown>
  const broken = configOf(fileOf([...made.slice(0, 2), lacking]), { holdOut: { share: 0 } })
  await expect(encodePairs(broken, features, options)).rejects.toMatchObject({
    code: 'DATA_FIELD_MISSING',
    where: { field: 'chosen_judge' },
  })
  const takes = { ...broken, recipe: { ...broken.recipe, takes: { missingFeatures: true } } }
  const filled = await encodePairs(takes, features, options)
  expect(rowOf(filled.train, 'chosen', 2)[0]).toBeNaN()
})

const needing = (needs: Recipe['needs']): Recipe => {
  const { kind, run, ...description } = recipeNamed('bradley-terry-head')
  return defineRecipe({ ...description, ...(needs && { needs }) })
}

test.each([
  [{ strength: true }, 'margin'],
  [{ scores: true }, 'score_chosen'],
  [{ users: true }, 'user'],
])('a recipe that needs %o is told before anything is encoded', async (needs, field) => {
  const made = madePairs(40, 9).map(({ user, ...pair }) => pair)
  const config = { ...configOf(fileOf(made)), recipe: needing(needs) }
  const untouched: PairEncoder = {
    texts: {
      name: 'none',
      width: 4,
      digest: '',
      embed: () => Promise.reject(new Error('was asked')),
      close: async () => {},
    },
    text: { read: 'together', template: 'plain' },
  }
  await expect(encodePairs(config, untouched, options)).rejects.toMatchObject({
    code: 'DATA_FIELD_MISSING',
    where: { field },
  })
})

test('prompts are encoded where the recipe reads them', async () => {
  const made = madePairs(12, 10)
  const config = { ...configOf(fileOf(made), { holdOut: { share: 0 } }), recipe: needing({ prompt: true }) }
  const { train } = await encodePairs(config, encoder, options)
  const expected = await encoder.texts.embed([made[3]!.prompt])
  expect(Array.from(rowsOf(train.prompt!, Int32Array.of(3)).values)).toEqual([...expected])
})

test('invalid rows end the reading with their line, or are counted', async () => {
  const path = fileOf(madePairs(10, 11))
  writeFileSync(path, '{"prompt":"a","chosen":1,"rejected":"b"}\n', { flag: 'a' })
  await expect(encodePairs(configOf(path), encoder, options)).rejects.toMatchObject({ where: { line: 11 } })
  const { report } = await encodePairs(configOf(path, { skipInvalid: true }), encoder, options)
  expect(report.files[0]).toMatchObject({ pairs: 10, skipped: 1 })
})

test('whatever the data, every read pair is counted once', async () => {
  const pair = fc.record({ prompt: fc.string({ minLength: 1, maxLength: 3 }), tie: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(
      fc.array(pair, { minLength: 1, maxLength: 30 }),
      fc.double({ min: 0, max: 0.9, noNaN: true }),
      async (rows, share) => {
        const made = [{ prompt: 'never held', tie: false }, ...rows].map(
          (row, index): MadePair => ({ chosen: `good ${index}`, rejected: `bad ${index}`, ...row }),
        )
        const outcome = await encodePairs(
          configOf(fileOf(made), { holdOut: { share } }),
          encoder,
          options,
        ).catch((error: { code: string }) => error.code)
        if (outcome === 'DATA_EMPTY') return
        const { report } = outcome as Awaited<ReturnType<typeof encodePairs>>
        const { train, validation, test: held } = report.parts
        expect(train + validation + held + report.tiesLeftOut).toBe(made.length)
      },
    ),
    { numRuns: 25, seed: 12 },
  )
})
