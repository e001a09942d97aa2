import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { checkTrainConfig, readTrainConfig } from './train-config.ts'

const folder = mkdtempSync(join(tmpdir(), 'guerdon-config-'))
afterAll(() => rmSync(folder, { recursive: true }))

const minimal = { name: 'a', data: 'pairs.jsonl' }

test('a name and a file are enough, and everything that holds is filled in', () => {
  const config = checkTrainConfig(minimal, '/data')
  expect(config).toMatchObject({
    data: [{ file: '/data/pairs.jsonl', weight: 1 }],
    holdOut: { share: 0.1, by: 'prompt' },
    encoder: { use: 'hashed-n-grams' },
    text: { read: 'together', template: 'plain' },
    parameters: { epochs: 10 },
    seed: 1,
  })
  expect(config.recipe.name).toBe('bradley-terry-head')
})

test('several files, each with its own columns and weight; an alias names a recipe', () => {
  const config = checkTrainConfig({
    ...minimal,
    data: ['a.jsonl', { file: 'b.csv', map: { chosen: 'better' }, source: 'b', weight: 0.5 }],
    holdOut: { file: 'held.jsonl' },
    recipe: { use: 'basereward', epochs: 2 },
  })
  expect(config.data.map(({ weight }) => weight)).toEqual([1, 0.5])
  expect(config.holdOut.file?.file).toMatch(/held\.jsonl$/)
  expect(config.recipe.name).toBe('bradley-terry-head')
  expect(config.parameters.epochs).toBe(2)
})

test.each([
  ['no data', { name: 'a' }, 'SPEC_INVALID', '"data"'],
  ['a name that leaves the folder', { ...minimal, name: '../a' }, 'SPEC_INVALID', '"name"'],
  ['a file under another word', { ...minimal, data: [{ path: 'x' }] }, 'SPEC_INVALID', '"data.0'],
  ['an unknown field', { ...minimal, encodr: 1 }, 'SPEC_INVALID', 'encodr'],
  ['an unknown encoder', { ...minimal, encoder: { use: 'tf' } }, 'SPEC_INVALID', '"encoder.use"'],
  ['an unknown recipe', { ...minimal, recipe: { use: 'nope' } }, 'SPEC_UNKNOWN_METHOD', '"recipe.use"'],
  [
    'a wrong parameter',
    { ...minimal, recipe: { use: 'basereward', epochs: 0 } },
    'PARAMETER_INVALID',
    '"recipe.epochs"',
  ],
  [
    'an unknown parameter',
    { ...minimal, recipe: { use: 'basereward', epoch: 1 } },
    'PARAMETER_INVALID',
    '"recipe.epoch"',
  ],
  ['nothing', null, 'SPEC_INVALID', 'expected object'],
])('%s is refused with its field', (_, value, code, sentence) => {
  expect(() => checkTrainConfig(value)).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(sentence) }),
  )
})

test('a recipe that names its features takes the names of the columns', () => {
  const encoder = { use: 'columns', names: ['judge', 'length'] }
  const named = (recipe: object) => checkTrainConfig({ ...minimal, encoder, recipe }).parameters.names
  expect(named({ use: 'feature-reward' })).toEqual(['judge', 'length'])
  expect(named({ use: 'feature-reward', names: ['a', 'b'] })).toEqual(['a', 'b'])
  expect(named({ use: 'bradley-terry-head' })).toBeUndefined()
})

test('an error of a file names its line', async () => {
  const path = join(folder, 'bad.yaml')
  writeFileSync(path, 'name: a\ndata: x.jsonl\nrecipe:\n  use: basereward\n  epochs: many\n')
  await expect(readTrainConfig(path)).rejects.toMatchObject({
    code: 'PARAMETER_INVALID',
    where: { file: path, line: 5, field: 'recipe.epochs' },
  })
  await expect(readTrainConfig(join(folder, 'absent.yaml'))).rejects.toMatchObject({ code: 'FILE_MISSING' })
  await expect(readTrainConfig(join(folder, 'x.toml'))).rejects.toMatchObject({ code: 'FILE_MISSING' })
})
