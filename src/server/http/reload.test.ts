import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createReward, type Reward } from '../../reward/score.ts'
import { Reload } from './reload.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guerdon-reload-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const yaml = (name: string): string => `name: ${name}\nsignals:\n  size: { use: length, unit: words }\n`
const typescript = (name: string): string =>
  `export default { name: '${name}', signals: { size: { use: 'length', unit: 'words' } } }\n`

async function started(file: string, content: string) {
  const path = join(folder, file)
  writeFileSync(path, content)
  const first = await createReward(path)
  const loaded: string[] = []
  const told: { accepted: boolean; specDigest: string; sentence: string }[] = []
  const reload = new Reload({
    path,
    compile: (spec) => createReward(spec),
    target: {
      async load(reward: Reward) {
        loaded.push(reward.plan.spec.name)
      },
    },
    logger: pino({ level: 'silent' }),
    tell: (event) => void told.push(event),
    specDigest: first.plan.digest,
    quiet: 20,
  })
  return { path, reload, loaded, told, digest: first.plan.digest }
}

describe('reload', () => {
  it('serves a changed file, written in place or put in its place', async () => {
    const { path, reload, loaded, told } = await started('reward.yaml', yaml('one'))
    reload.watch()
    writeFileSync(path, yaml('two'))
    await vi.waitFor(() => expect(loaded).toEqual(['two']))
    writeFileSync(`${path}.new`, yaml('three'))
    renameSync(`${path}.new`, path)
    await vi.waitFor(() => expect(loaded).toEqual(['two', 'three']))
    expect(told.map((event) => event.accepted)).toEqual([true, true])
    await reload.close()
  })

  it('keeps what is served when the file does not compile, and says why', async () => {
    const { path, reload, loaded, told, digest } = await started('reward.yaml', yaml('one'))
    reload.watch()
    writeFileSync(path, 'name: broken\nsignals:\n  size: { use: no-such-method }\n')
    await vi.waitFor(() => expect(told.length).toBe(1))
    expect(told[0]).toMatchObject({ accepted: false, specDigest: digest })
    expect(reload.problem).toContain('no-such-method')
    expect(loaded).toEqual([])
    writeFileSync(path, yaml('mended'))
    await vi.waitFor(() => expect(loaded).toEqual(['mended']))
    expect(reload.problem).toBeUndefined()
    await reload.close()
  })

  it('loads a changed TypeScript spec anew', async () => {
    const { path, reload, loaded } = await started('reward.ts', typescript('one'))
    writeFileSync(path, typescript('two'))
    await reload.reload()
    expect(loaded).toEqual(['two'])
    await reload.close()
  })
})
