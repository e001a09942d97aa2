import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { type Answer, type LocalServer, localServer, respond } from '../../test/models/local-server.ts'
import { contentBytes, encoderFiles } from '../../test/models/tiny-models.ts'
import { openEncoder } from './encoder.ts'
import { downloadModel, type HubModel, offlineByEnvironment } from './hub.ts'

const root = mkdtempSync(join(tmpdir(), 'hub-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
const servers: LocalServer[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
  vi.unstubAllEnvs()
})

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
/** large enough to come in several pieces */
const WEIGHTS = Buffer.alloc(3_000_000, 'weights ')
const FILES: Readonly<Record<string, Uint8Array>> = {
  ...Object.fromEntries(
    Object.entries(encoderFiles()).map(([name, content]) => [name, contentBytes(content)]),
  ),
  'model.onnx_data': WEIGHTS,
  'README.md': Buffer.from('never fetched'),
}
const COMMIT = 'c0ffee'

/** A hub with one repository. `spoil` may answer a request itself, by returning true. */
function hub(spoil: (...given: Parameters<Answer>) => boolean = () => false, files = FILES): Answer {
  return (asked, response, count) => {
    if (spoil(asked, response, count)) return undefined
    const path = decodeURIComponent(new URL(asked.path, 'http://hub').pathname)
    if (path === '/api/models/owner/tiny/revision/main' || path === `/api/models/owner/tiny/revision/v1`)
      return {
        sha: COMMIT,
        siblings: Object.entries(files).map(([rfilename, bytes]) => ({
          rfilename,
          size: bytes.length,
          ...(rfilename.startsWith('model.onnx') ? { lfs: { sha256: sha256(bytes) } } : {}),
        })),
      }
    const bytes = files[path.replace(`/owner/tiny/resolve/${COMMIT}/`, '')]
    if (bytes === undefined) return respond(response, 404, { error: 'Entry not found' })
    const start = Number(/^bytes=(\d+)-$/.exec(asked.headers.range ?? '')?.[1] ?? 0)
    response.writeHead(start > 0 ? 206 : 200, {
      'content-length': bytes.length - start,
      ...(start > 0 ? { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` } : {}),
    })
    response.end(bytes.subarray(start))
    return undefined
  }
}

let directories = 0
async function serve(answer: Answer, more: Partial<HubModel> = {}) {
  const server = await localServer(answer)
  servers.push(server)
  const directory = join(root, `models-${directories++}`)
  const model = {
    repository: 'owner/tiny',
    endpoint: server.url,
    directory,
    pauseMilliseconds: 1,
    offline: false,
    ...more,
  }
  return { server, directory, model }
}

const pathsOf = (server: LocalServer) => server.asked.map(({ path }) => path)
const leftovers = (folder: string) =>
  readdirSync(folder, { recursive: true }).filter((name) => String(name).endsWith('.partial'))

describe('downloadModel', () => {
  it('brings the files that are needed, of one commit, with digests and progress, and asks for nothing twice', async () => {
    const seen: [number, number][] = []
    const { server, model } = await serve(hub(), { progress: (done, total) => void seen.push([done, total]) })
    const folder = await downloadModel(model)
    for (const [name, bytes] of Object.entries(FILES)) {
      if (name === 'README.md') continue
      expect(readFileSync(join(folder, name)).equals(bytes), name).toBe(true)
      expect(readFileSync(join(folder, `${name}.sha256`), 'utf8')).toBe(`${sha256(bytes)}  ${name}\n`)
    }
    expect(existsSync(join(folder, 'README.md'))).toBe(false)
    expect(
      pathsOf(server)
        .slice(1)
        .every((path) => path.startsWith(`/owner/tiny/resolve/${COMMIT}/`)),
    ).toBe(true)
    const total =
      Object.values(FILES).reduce((sum, { length }) => sum + length, 0) - FILES['README.md']!.length
    expect(seen.at(-1)).toEqual([total, total])
    expect(seen.map(([done]) => done)).toEqual(seen.map(([done]) => done).sort((a, b) => a - b))
    const asked = server.asked.length
    expect(await downloadModel({ ...model, offline: true })).toBe(folder)
    expect(await downloadModel(model)).toBe(folder)
    expect(server.asked).toHaveLength(asked)
    expect(leftovers(folder)).toEqual([])
  })

  it('goes on where a connection broke, within a call and after one that failed', async () => {
    let broken = 0
    const tear = (times: number) =>
      hub((asked, response) => {
        if (!asked.path.endsWith('model.onnx_data') || broken >= times) return false
        broken++
        const start = Number(/^bytes=(\d+)-$/.exec(asked.headers.range ?? '')?.[1] ?? 0)
        response.writeHead(start > 0 ? 206 : 200, {
          'content-length': WEIGHTS.length - start,
          ...(start > 0 ? { 'content-range': `bytes ${start}-${WEIGHTS.length - 1}/${WEIGHTS.length}` } : {}),
        })
        response.write(WEIGHTS.subarray(start, start + 700_000), () =>
          setTimeout(() => response.destroy(), 30),
        )
        return true
      })
    const { server, model } = await serve(tear(3), { attempts: 2 })
    await expect(downloadModel(model)).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED' })
    const folder = await downloadModel(model)
    expect(readFileSync(join(folder, 'model.onnx_data')).equals(WEIGHTS)).toBe(true)
    const ranges = server.asked
      .filter(({ path }) => path.endsWith('_data'))
      .map(({ headers }) => headers.range)
    expect(ranges[0]).toBeUndefined()
    expect(ranges.slice(1)).toHaveLength(3)
    for (const range of ranges.slice(1)) expect(Number(range!.slice(6, -1))).toBeGreaterThan(0)
    expect(leftovers(folder)).toEqual([])
  })

  it('begins anew with a server that knows no ranges', async () => {
    let first = true
    const { model } = await serve(
      hub((asked, response) => {
        if (!asked.path.endsWith('_data')) return false
        response.writeHead(200, { 'content-length': WEIGHTS.length })
        if (first)
          response.write(WEIGHTS.subarray(0, 900_000), () => setTimeout(() => response.destroy(), 30))
        else response.end(WEIGHTS)
        first = false
        return true
      }),
    )
    const folder = await downloadModel(model)
    expect(sha256(readFileSync(join(folder, 'model.onnx_data')))).toBe(sha256(WEIGHTS))
  })

  it('keeps nothing that is not what the hub names', async () => {
    const cases: [string, Uint8Array][] = [
      ['model.onnx', Buffer.alloc(FILES['model.onnx']!.length, 'x')],
      ['tokenizer.json', Buffer.from('{}')],
    ]
    for (const [name, bytes] of cases) {
      const { directory, model } = await serve(
        hub((asked, response) => {
          if (!asked.path.endsWith(`/${name}`)) return false
          response.writeHead(200, { 'content-length': bytes.length })
          response.end(bytes)
          return true
        }),
      )
      await expect(downloadModel(model)).rejects.toThrow(
        /other bytes came than the hub names; expected \d+ bytes/,
      )
      const folder = join(directory, 'owner--tiny@main')
      expect(existsSync(join(folder, name))).toBe(false)
      expect(leftovers(folder)).toEqual([])
    }
  })

  it('tries again what passes and says at once what does not', async () => {
    const { model } = await serve(
      hub((_, response, count) => {
        if (count > 2) return false
        respond(response, count === 1 ? 503 : 429, '')
        return true
      }),
    )
    await downloadModel(model)
    const refusals: [number, RegExp][] = [
      [404, /the hub has nothing there/],
      [401, /does not give it to everyone \(it answered 401\)\. Put a token/],
      [400, /could not be downloaded: the hub answered 400/],
    ]
    for (const [status, message] of refusals) {
      const { server, model: refused } = await serve((_, response) => respond(response, status, ''))
      await expect(downloadModel(refused)).rejects.toThrow(message)
      expect(server.asked).toHaveLength(1)
    }
    const { server, model: gone } = await serve(() => undefined, { attempts: 2 })
    server.close()
    await expect(downloadModel(gone)).rejects.toThrow(/could not be downloaded: connect ECONNREFUSED/)
  })

  it('says which file a repository lacks', async () => {
    const { 'tokenizer.json': _, ...without } = FILES
    const { model } = await serve(hub(undefined, without))
    await expect(downloadModel(model)).rejects.toThrow(/repository owner\/tiny has no tokenizer\.json/)
    const { model: other } = await serve(hub(), { file: 'onnx/model_q4.onnx' })
    await expect(downloadModel(other)).rejects.toThrow(/has no onnx\/model_q4\.onnx/)
    const { model: strange } = await serve(() => ({ message: 'hello' }))
    await expect(downloadModel(strange)).rejects.toThrow(/does not say which files/)
  })

  it('writes nothing outside its folder, whatever a hub names', async () => {
    const { directory, model } = await serve(
      hub(undefined, { ...FILES, '../../escaped.onnx': FILES['model.onnx']! }),
      {
        file: '../../escaped.onnx',
      },
    )
    await expect(downloadModel(model)).rejects.toMatchObject({ code: 'MODEL_MISSING' })
    expect(existsSync(join(directory, '..', 'escaped.onnx'))).toBe(false)
  })

  it('sends a token, and stops when it is told to', async () => {
    const { server, model } = await serve(() => new Promise(() => {}), {
      token: 'secret',
      abort: AbortSignal.timeout(30),
    })
    await expect(downloadModel(model)).rejects.toMatchObject({ code: 'RUN_CANCELLED' })
    expect(server.asked[0]!.headers.authorization).toBe('Bearer secret')
  })

  it('follows the hub to where files lie, and takes the token along to no one else', async () => {
    const store = await localServer((_, response) => {
      response.writeHead(200, { 'content-length': WEIGHTS.length })
      response.end(WEIGHTS)
      return undefined
    })
    servers.push(store)
    const { server, model } = await serve(
      hub((asked, response) => {
        if (!asked.path.endsWith('_data')) return false
        // Another origin: the same machine under its other name.
        response.writeHead(302, { location: `${store.url.replace('127.0.0.1', 'localhost')}/blob` }).end()
        return true
      }),
      { token: 'secret' },
    )
    const folder = await downloadModel(model)
    expect(readFileSync(join(folder, 'model.onnx_data')).equals(WEIGHTS)).toBe(true)
    expect(server.asked.every(({ headers }) => headers.authorization === 'Bearer secret')).toBe(true)
    expect(store.asked.map(({ headers }) => headers.authorization)).toEqual([undefined])
  })

  it('downloads nothing while offline and says what to do', async () => {
    const { server, model } = await serve(hub(), { offline: true })
    await expect(downloadModel(model)).rejects.toThrow(
      /owner\/tiny is not on this machine, and nothing is downloaded while offline\. Unset GUERDON_OFFLINE/,
    )
    expect(server.asked).toEqual([])
    const folder = await downloadModel({ ...model, offline: false })
    rmSync(join(folder, 'model.onnx_data'))
    await expect(downloadModel(model)).rejects.toThrow(/owner\/tiny: model\.onnx_data is not on this machine/)
    expect(offlineByEnvironment({})).toBe(false)
    expect(offlineByEnvironment({ HF_HUB_OFFLINE: '0' })).toBe(false)
    expect(offlineByEnvironment({ HF_HUB_OFFLINE: '1' })).toBe(true)
    expect(offlineByEnvironment({ GUERDON_OFFLINE: 'true' })).toBe(true)
  })

  it('takes over what a process that is gone had fetched, and not what a living one fetches', async () => {
    const { server, directory, model } = await serve(hub())
    const folder = join(directory, 'owner--tiny@main')
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'model.onnx_data.0-a.partial'), WEIGHTS.subarray(0, 1_000_000))
    writeFileSync(join(folder, `model.onnx.${process.pid}-b.partial`), 'x')
    await downloadModel(model)
    const ranges = server.asked.map(({ headers }) => headers.range).filter((range) => range !== undefined)
    expect(ranges).toEqual(['bytes=1000000-'])
    expect(leftovers(folder)).toEqual([`model.onnx.${process.pid}-b.partial`])
  })
})

describe('openEncoder', () => {
  it('takes a model from the hub by its name and revision', async () => {
    const { 'model.onnx_data': _, ...files } = FILES
    const { server, directory } = await serve(hub(undefined, files))
    vi.stubEnv('HF_ENDPOINT', server.url)
    vi.stubEnv('GUERDON_MODELS_DIRECTORY', directory)
    vi.stubEnv('HF_HUB_OFFLINE', '')
    vi.stubEnv('GUERDON_OFFLINE', '')
    const encoder = await openEncoder({ use: 'onnx', model: 'owner/tiny@v1', threads: 1 })
    expect(await encoder.embed(['the cat'])).toHaveLength(3)
    await encoder.close()
    expect(existsSync(join(directory, 'owner--tiny@v1', 'model.onnx'))).toBe(true)
    await expect(openEncoder({ use: 'onnx', model: 'owner/other' }, { offline: true })).rejects.toThrow(
      /while offline/,
    )
    await expect(openEncoder({ use: 'onnx', model: './owner/tiny' })).rejects.toThrow(/no such model folder/)
  })
})
