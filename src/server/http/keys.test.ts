import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { Keys, readKeyFile } from './keys.ts'

const folder = mkdtempSync(join(tmpdir(), 'guerdon-keys-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const file = (text: string): string => {
  const path = join(folder, 'keys')
  writeFileSync(path, text)
  return path
}
const asks = (method: string, headers: Record<string, string>): IncomingMessage =>
  ({ method, headers }) as unknown as IncomingMessage

describe('keys', () => {
  const keys = new Keys(['first-key-0123456789', 'second-key-0123456789'])

  it('open with each of them, however the header writes Bearer', () => {
    for (const authorization of ['Bearer first-key-0123456789', 'bearer   second-key-0123456789']) {
      expect(keys.refusal(asks('POST', { authorization }))).toBeUndefined()
    }
    expect(keys.refusal(asks('POST', { authorization: 'Bearer first-key-012345678' }))?.code).toBe(
      'KEY_WRONG',
    )
    expect(keys.refusal(asks('POST', { authorization: 'Basic abc' }))?.code).toBe('KEY_MISSING')
    expect(new Keys([]).refusal(asks('POST', {}))).toBeUndefined()
  })

  it('give a cookie that opens reading and holds no key', () => {
    const cookie = keys.sessionCookie('second-key-0123456789', true)
    expect(cookie).toMatch(/; Secure$/)
    const value = `other=1; ${cookie.split(';')[0]}`
    expect(keys.refusal(asks('GET', { cookie: value }))).toBeUndefined()
    expect(keys.refusal(asks('POST', { cookie: value }))?.code).toBe('KEY_MISSING')
    expect(new Keys(['third-key-0123456789']).refusal(asks('GET', { cookie: value }))?.code).toBe(
      'KEY_MISSING',
    )
    expect(() => keys.sessionCookie('unknown', false)).toThrow('not known')
  })

  it('are read from a file with comments', () => {
    expect(readKeyFile(file('# trainer\nfirst-key-0123456789\r\n\n  second-key-0123456789\n'))).toEqual([
      'first-key-0123456789',
      'second-key-0123456789',
    ])
    expect(() => readKeyFile(file('# nothing\n'))).toThrow('holds no key')
    expect(() => readKeyFile(file('\nshort\n'))).toThrow(/line 2.*is no API key(?!.*short)/)
    expect(() => readKeyFile(join(folder, 'absent'))).toThrow('cannot be read')
  })
})
