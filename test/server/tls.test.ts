import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { smallServer } from './small-server.ts'

const hasOpenssl = spawnSync('openssl', ['version']).status === 0

// Needs openssl, which makes the certificate.
describe.skipIf(!hasOpenssl)('a server with a certificate', () => {
  let folder: string
  let tlsCert: string
  let tlsKey: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'guerdon-tls-'))
    tlsCert = join(folder, 'cert.pem')
    tlsKey = join(folder, 'key.pem')
    execFileSync(
      'openssl',
      // biome-ignore format: one line of a shell
      ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', tlsKey, '-out', tlsCert],
      { stdio: 'ignore' },
    )
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('answers by HTTPS', async () => {
    const server = await smallServer({ tlsCert, tlsKey })
    expect(server.url).toMatch(/^https:/)
    const status = await new Promise((resolve, reject) => {
      request(`${server.url}/healthz`, { ca: readFileSync(tlsCert) }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
        .on('error', reject)
        .end()
    })
    expect(status).toBe(200)
    await server.stop()
  })

  it('does not start with files that are none', async () => {
    const junk = join(folder, 'junk.pem')
    writeFileSync(junk, 'no certificate')
    await expect(smallServer({ tlsCert: junk, tlsKey })).rejects.toThrow(/certificate and key do not work/)
    await expect(smallServer({ tlsCert: join(folder, 'absent'), tlsKey })).rejects.toThrow(/cannot be read/)
    await expect(smallServer({ tlsCert })).rejects.toThrow(/go together/)
  })
})
