import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { StaticFiles } from './static-files.ts'

let folder: string
let server: Server
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'guerdon-static-'))
  mkdirSync(join(folder, 'studio/assets'), { recursive: true })
  writeFileSync(join(folder, 'secret.txt'), 'secret')
  writeFileSync(join(folder, 'studio/index.html'), '<p>studio</p>')
  writeFileSync(join(folder, 'studio/assets/app-B3kd9x_Q.js'), 'run()')
  writeFileSync(join(folder, 'studio/assets/app-B3kd9x_Q.js.br'), brotliCompressSync('run()'))
  const files = new StaticFiles(join(folder, 'studio'))
  server = createServer((asked, response) => {
    if (!files.serve(asked, response, asked.url!.split('?')[0]!)) response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

/** By hand: `fetch` would resolve dots and unpack. */
function ask(path: string, headers: Record<string, string> = {}) {
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }>(
    (resolve, reject) => {
      const { port } = server.address() as AddressInfo
      request({ port, path, headers, host: '127.0.0.1' }, (response) => {
        let body = ''
        response.setEncoding('latin1').on('data', (text: string) => {
          body += text
        })
        response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body }))
      })
        .on('error', reject)
        .end()
    },
  )
}

describe('the studio’s files', () => {
  it('are kept for good when their name has a hash, and sent packed to who can unpack', async () => {
    const plain = await ask('/assets/app-B3kd9x_Q.js')
    expect(plain).toMatchObject({ status: 200, body: 'run()' })
    expect(plain.headers['cache-control']).toContain('immutable')
    expect(
      (await ask('/assets/app-B3kd9x_Q.js', { 'accept-encoding': 'gzip, br' })).headers['content-encoding'],
    ).toBe('br')
    expect((await ask('/assets/app-B3kd9x_Q.js', { 'accept-encoding': 'br;q=0' })).body).toBe('run()')
    expect((await ask('/assets/app-B3kd9x_Q.js.br')).status).toBe(404)
  })

  it('answer the app’s own paths with the page, which is asked for anew', async () => {
    const page = await ask('/runs/x/groups', { accept: 'text/html' })
    expect(page).toMatchObject({ status: 200, body: '<p>studio</p>' })
    expect(page.headers['cache-control']).toBe('no-cache')
    expect((await ask('/', { 'if-none-match': page.headers.etag as string })).status).toBe(304)
    expect((await ask('/runs/x', { accept: 'application/json' })).status).toBe(404)
    expect((await ask('/studio/api/none', { accept: 'text/html' })).status).toBe(404)
    expect((await ask('/assets/gone.js', { accept: 'text/html' })).status).toBe(404)
  })

  it.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '//secret.txt',
  ])('do not lead out of their folder: %s', async (path) => {
    expect(await ask(path)).toMatchObject({ status: 404, body: '' })
  })
})
