/** A spec that changes while it is served, and a state that outlives its process but not its spec. */
import { renameSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { openStore } from '../../src/store/open-store.ts'
import { answerOf, assembledServer, Folder, until } from './assembled-server.ts'
import { ServeProcess } from './serve-process.ts'

const folder = new Folder()
afterAll(() => folder[Symbol.dispose]())

const row = (id: string, completion: string) => ({ id, group: id, prompt: 'p', completion })
const words = (count: number): string => Array.from({ length: count }, () => 'word').join(' ')

const lengthSpec = (unit: string): string => `name: sizes\nsignals:\n  size: { use: length, unit: ${unit} }\n`

describe('a spec that is edited while it is served', () => {
  it('is served from the next request on, and stored under its digest', async () => {
    const spec = folder.write('edited.yaml', lengthSpec('words'))
    const store = folder.file('edited.sqlite')
    const digests: string[] = []
    {
      await using server = await assembledServer(spec, { store, run: 'edited' })
      const headers = { 'idempotency-key': 'first' }
      const before = await server.post('/v1/rewards', { rows: [row('a', 'two words')] }, headers)
      expect(before.body.rows[0].reward).toBe(2)
      const digestOf = async (): Promise<string> => (await server.get('/v1/rewards')).body.specDigest
      expect(await digestOf()).toBe(before.body.specDigest)

      // As editors do it: a new file takes the place of the old one.
      renameSync(folder.write('edited.new', lengthSpec('characters')), spec)
      await until(async () => (await digestOf()) !== before.body.specDigest)
      const after = await server.post('/v1/rewards', { rows: [row('b', 'two words')] })
      expect(after.body.rows[0].reward).toBe(9)
      expect(after.body.specDigest).toBe(await digestOf())
      // A retry of what the old spec scored is answered as it was; without a key it is another question.
      const repeat = await server.post('/v1/rewards', { rows: [row('a', 'two words')] }, headers)
      expect(repeat.body).toMatchObject({ repeated: true, specDigest: before.body.specDigest })
      expect(repeat.body.rows).toEqual(before.body.rows)
      const anew = await server.post('/v1/rewards', { rows: [row('a', 'two words')] })
      expect(anew.body).toMatchObject({ repeated: false, rows: [{ reward: 9 }] })
      digests.push(before.body.specDigest, after.body.specDigest, after.body.specDigest)
    }
    const opened = await openStore(store)
    const { rows } = await opened.rows('edited', {}, { order: 'oldest', limit: 10 })
    expect(rows.map(({ specDigest }) => specDigest)).toEqual(digests)
    expect((await opened.run('edited'))?.specDigest).toBe(digests[1])
    await opened.close()
  })

  it('is refused with the reason when it is broken, and the one before goes on', async () => {
    const spec = folder.write('broken.yaml', lengthSpec('words'))
    await using server = await assembledServer(spec, {})
    const served = (await server.get('/readyz')).body
    expect(served).toMatchObject({ ready: true, specProblem: null })
    const events = new AbortController()
    const stream = await fetch(`${server.url}/studio/api/events`, { signal: events.signal })
    folder.write('broken.yaml', lengthSpec('yards'))
    await until(async () => (await server.get('/readyz')).body.specProblem !== null)
    const ready = await server.get('/readyz')
    expect(ready.status).toBe(200)
    expect(ready.body).toMatchObject({ ready: true, specDigest: served.specDigest })
    expect(ready.body.specProblem).toContain('broken.yaml')
    expect(ready.body.specProblem).toContain('signals.size.unit')
    let told = ''
    for await (const piece of stream.body!) {
      told += new TextDecoder().decode(piece)
      if (told.includes('event: spec')) break
    }
    events.abort()
    expect(told).toContain('"accepted":false')
    const answer = await server.post('/v1/rewards', { rows: [row('a', 'two words')] })
    expect(answer.body.rows[0].reward).toBe(2)
    expect(answer.body.specDigest).toBe(served.specDigest)

    folder.write('broken.yaml', lengthSpec('characters'))
    await until(async () => (await server.get('/readyz')).body.specProblem === null)
    expect((await server.post('/v1/rewards', { rows: [row('b', 'two words')] })).body.rows[0].reward).toBe(9)
  })
})

describe('SIGHUP', () => {
  it('loads the spec anew where its file is not watched', async () => {
    const spec = folder.write('signalled.yaml', lengthSpec('words'))
    const server = await ServeProcess.start([spec, '--port', '0', '--store', 'none', '--no-reload'])
    const rewardOf = async (id: string): Promise<number> => {
      const answer = await answerOf(await server.post('/v1/rewards', { rows: [row(id, 'two words')] }))
      return answer.body.rows[0].reward
    }
    const digestOf = async (): Promise<string> =>
      (await answerOf(await fetch(`${server.url}/v1/rewards`))).body.specDigest
    const before = await digestOf()
    folder.write('signalled.yaml', lengthSpec('characters'))
    // Longer than a watched file would need.
    await new Promise((resolve) => setTimeout(resolve, 400))
    expect(await rewardOf('a')).toBe(2)
    server.child.kill('SIGHUP')
    await until(async () => (await digestOf()) !== before)
    expect(await rewardOf('b')).toBe(9)
    expect(await server.kill('SIGTERM')).toBe(0)
  })
})

describe('the state of a stateful spec', () => {
  const running = (name: string, extra = ''): string =>
    folder.write(
      `${name}.yaml`,
      `name: ${name}\nsignals:\n  size: { use: length, unit: words }\nshape:\n  size: { use: running-mean-std }\n${extra}`,
    )

  it('survives a restart when the run goes on, and does not leak into another spec or run', async () => {
    const store = folder.file('state.sqlite')
    const first = [1, 5, 9]
    const given = { store, run: 'state', reload: false }
    const z = (seen: readonly number[], value: number): number => {
      const mean = seen.reduce((sum, size) => sum + size, 0) / seen.length
      const variance = seen.reduce((sum, size) => sum + (size - mean) ** 2, 0) / seen.length
      return (value - mean) / Math.sqrt(variance)
    }
    {
      await using server = await assembledServer(running('counted'), given)
      const rows = first.map((size) => row(`a${size}`, words(size)))
      expect((await server.post('/v1/rewards', { rows })).status).toBe(200)
    }
    {
      await using server = await assembledServer(running('counted'), given)
      const { body } = await server.post('/v1/rewards', { rows: [row('b', words(20))] })
      expect(body.rows[0].reward).toBeCloseTo(z([...first, 20], 20), 9)
    }
    {
      // Another spec in the same run begins anew.
      await using server = await assembledServer(running('counted', 'onError: mask\n'), given)
      const rows = [row('c2', words(2)), row('c4', words(4))]
      const { body } = await server.post('/v1/rewards', { rows })
      expect(body.rows[1].reward).toBeCloseTo(z([2, 4], 4), 9)
    }
    {
      // And so does another run of the same spec.
      await using server = await assembledServer(running('counted'), { ...given, run: 'other' })
      const rows = [row('d1', words(1)), row('d3', words(3))]
      const { body } = await server.post('/v1/rewards', { rows })
      expect(body.rows[0].reward).toBeCloseTo(z([1, 3], 1), 9)
    }
  })

  it('begins anew when the spec is changed while it is served', async () => {
    const spec = running('changed')
    await using server = await assembledServer(spec, { store: folder.file('changed.sqlite'), run: 'changed' })
    const before = await server.post('/v1/rewards', { rows: [row('a', words(100)), row('b', words(300))] })
    running('changed', 'onError: mask\n')
    await until(async () => (await server.get('/v1/rewards')).body.specDigest !== before.body.specDigest)
    const { body } = await server.post('/v1/rewards', { rows: [row('c', words(2)), row('d', words(4))] })
    expect(body.rows.map((scored: { reward: number }) => scored.reward)).toEqual([-1, 1])
  })
})
