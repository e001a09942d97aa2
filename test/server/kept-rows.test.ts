/** What a server keeps is what the commands read: exported, audited, and forgotten when it is told to. */
import { resolve } from 'node:path'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { main } from '../../src/cli/main.ts'
import { type GeneratedRun, hackedRun, honestRun } from '../audit/generated-runs.ts'
import { assembledServer, Folder, until } from './assembled-server.ts'

const folder = new Folder()
afterAll(() => folder[Symbol.dispose]())

const spec = folder.write(
  'kept.yaml',
  `name: kept\nsignals:\n  paid: { use: ${resolve(import.meta.dirname, 'logged-reward.ts')} }\n`,
)

async function run(...argv: string[]): Promise<{ code: number; out: string }> {
  const lines: string[] = []
  const print = (text: unknown): void => void lines.push(String(text))
  const spies = [vi.spyOn(console, 'log'), vi.spyOn(console, 'error')].map((spy) =>
    spy.mockImplementation(print),
  )
  try {
    const code = await main(argv)
    return { code: Number(process.exitCode ?? code) || code, out: lines.join('\n') }
  } finally {
    for (const spy of spies) spy.mockRestore()
    process.exitCode = 0
  }
}

describe('a run that was served', () => {
  it.each([
    ['hacked', hackedRun(101), 1],
    ['honest', honestRun(101), 0],
  ] as [string, GeneratedRun, number][])(
    'and %s: its export holds every row, and the audit of it says so',
    async (name, { rows, heldBack }, expected) => {
      const store = folder.file(`${name}.sqlite`)
      {
        await using server = await assembledServer(spec, { store, run: name })
        for (const batch of Map.groupBy(rows, ({ step }) => step).values()) {
          const sent = batch.map(({ reward, ...row }) => ({ ...row, metadata: { paid: reward } }))
          expect((await server.post('/v1/rewards', { rows: sent })).status).toBe(200)
        }
      }
      for (const file of ['rows.jsonl', 'rows.parquet']) {
        const log = folder.file(`${name}-${file}`)
        const exported = await run('export', '--store', store, '--from', name, '-o', log, '--json')
        expect(exported.code, exported.out).toBe(0)
        expect(JSON.parse(exported.out)).toMatchObject({ run: name, rows: rows.length })
        const audited = await run('audit', '--log', log, '--held-back', heldBack!, '--json')
        expect(audited.code, audited.out).toBe(expected)
        expect(JSON.parse(audited.out).rows).toBe(rows.length)
      }
    },
    30_000,
  )

  it('is forgotten from its beginning with --keep-rows, keys included, while the server goes on', async () => {
    const store = folder.file('forgotten.sqlite')
    const words = folder.write('words.yaml', 'name: w\nsignals:\n  size: { use: length, unit: words }\n')
    const send = (server: Awaited<ReturnType<typeof assembledServer>>, id: string) =>
      server.post(
        '/v1/rewards',
        { rows: [1, 2].map((size) => ({ id: `${id}-${size}`, prompt: 'p', completion: 'w '.repeat(size) })) },
        { 'idempotency-key': id },
      )
    {
      await using server = await assembledServer(words, { store, run: 'w' })
      for (const id of ['a', 'b', 'c', 'd']) expect((await send(server, id)).status).toBe(200)
    }
    await using server = await assembledServer(words, { store, run: 'w', keepRows: 5, keepAge: '30d' })
    const ids = async (): Promise<string[]> =>
      (await server.get('/studio/api/runs/w/rows')).body.rows.map(({ id }: { id: string }) => id)
    await until(async () => (await ids()).length <= 5)
    expect(await ids()).toEqual(['d-2', 'd-1', 'c-2', 'c-1'])
    await until(() => server.log.some(({ rows }) => rows === 4))
    expect((await send(server, 'd')).body.repeated).toBe(true)
    const again = await send(server, 'a')
    expect(again.body).toMatchObject({ repeated: false, rows: [{ reward: 1 }, { reward: 2 }] })
  })
})
