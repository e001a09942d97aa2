import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compile } from '../reward/compile.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'guerdon-identity-'))
  mkdirSync(join(folder, 'model'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const spec = { name: 'learned', signals: { quality: { use: 'reward-model', model: './model' } } } as const
const digest = async (): Promise<string> => (await compile(spec, { folder })).digest

describe('a reward that holds a reward model', () => {
  it('is another reward when the model was trained anew, and the same when it was not', async () => {
    const without = await digest()
    writeFileSync(join(folder, 'model/reward-model.json'), '{"weights":{"sha256":"a"}}')
    const first = await digest()
    expect(await digest()).toBe(first)
    writeFileSync(join(folder, 'model/reward-model.json'), '{"weights":{"sha256":"b"}}')
    expect(new Set([without, first, await digest()]).size).toBe(3)
  })
})
