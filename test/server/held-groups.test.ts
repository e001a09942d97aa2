/** Rollouts that come one by one to a reward that compares them: the server holds them until their group is whole. */
import { afterAll, describe, expect, it } from 'vitest'
import { assembledServer, Folder } from './assembled-server.ts'

const folder = new Folder()
afterAll(() => folder[Symbol.dispose]())

const spec = folder.write(
  'ranked.yaml',
  'name: ranked\nsignals:\n  size: { use: length, unit: words }\nshape:\n  size: { use: rank }\n',
)
const rollout = (prompt: string, words: number) => ({ prompt, response: 'word '.repeat(words).trim() })

describe('a reward that compares rollouts, over /slime', () => {
  it('scores each one inside its whole group, however the requests are mixed', async () => {
    await using server = await assembledServer(spec, {
      store: folder.file('held.sqlite'),
      run: 'held',
      groupSize: 4,
    })
    const { body: served } = await server.get('/v1/rewards')
    expect(served).toEqual({
      reward: 'ranked',
      run: 'held',
      specDigest: (await server.get('/readyz')).body.specDigest,
      columns: ['size'],
      signals: [{ name: 'size', method: 'length' }],
      advantage: false,
      groupSize: 4,
    })
    const sent = Array.from({ length: 200 }, (_, index) => ({ group: index % 50, size: index / 50 }))
    const answers = await Promise.all(
      sent.map(({ group, size }) =>
        server.post('/slime', rollout(`question ${group}`, 1 + Math.floor(size))),
      ),
    )
    for (const [index, { status, body }] of answers.entries()) {
      expect(status, JSON.stringify(body)).toBe(200)
      expect(body.size).toBe(1 + Math.floor(index / 50))
      expect(body.score).toBeCloseTo(Math.floor(index / 50) / 3, 12)
    }
    const { body } = await server.get('/studio/api/runs')
    expect(body.runs[0]).toMatchObject({ rows: 200, batches: 50 })
  })

  it('says how many came when a group does not fill in time, stores nothing of it, and takes its retry', async () => {
    await using server = await assembledServer(spec, {
      store: folder.file('late.sqlite'),
      run: 'late',
      groupSize: 3,
      groupTimeout: 0.3,
    })
    const late = await Promise.all([1, 2].map((words) => server.post('/slime', rollout('q', words))))
    for (const { status, body } of late) {
      expect(status).toBe(503)
      expect(body.error.code).toBe('GROUP_INCOMPLETE')
      expect(body.error.message).toMatch(/the group has 2 of 3 rollouts after 0\.3 s/)
    }
    expect((await server.get('/studio/api/runs')).body.runs[0].rows).toBe(0)
    const again = await Promise.all([1, 2, 3].map((words) => server.post('/slime', rollout('q', words))))
    expect(again.map(({ body }) => body.score)).toEqual([0, 0.5, 1])
    expect((await server.get('/studio/api/runs')).body.runs[0].rows).toBe(3)
  })

  it('is refused with the remedy when the server was told no size', async () => {
    await using server = await assembledServer(spec)
    expect((await server.get('/v1/rewards')).body.groupSize).toBeNull()
    const { status, body } = await server.post('/slime', rollout('q', 1))
    expect([status, body.error.code]).toEqual([400, 'GROUP_NEEDED'])
    expect(body.error.message).toContain('--group-size')
  })

  it('lets those who wait know when the server stops', async () => {
    const server = await assembledServer(spec, { groupSize: 2, stopTimeout: 5 })
    const waiting = server.post('/slime', rollout('q', 1))
    while (!(await server.get('/metrics')).body.includes('guerdon_queue_rows 1'))
      await new Promise((resolve) => setTimeout(resolve, 5))
    await server.stop()
    expect(await waiting).toMatchObject({ status: 503, body: { error: { code: 'SERVER_STOPPING' } } })
  })
})
