/**
 * API keys. A presented key is compared by its SHA-256 digest in constant time with every known one, so that neither
 * its length nor its beginning can be measured. Browsers carry a cookie that is derived from the key, not the key.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { GuerdonError } from '../../records/error.ts'

export const COOKIE = 'guerdon_session'

interface KnownKey {
  readonly digest: Buffer
  readonly session: string
  readonly sessionDigest: Buffer
}

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest()

export class Keys {
  readonly #known: readonly KnownKey[]

  constructor(keys: readonly string[]) {
    this.#known = [...new Set(keys)].map((key) => {
      const session = createHmac('sha256', key).update('guerdon studio session').digest('base64url')
      return { digest: digestOf(key), session, sessionDigest: digestOf(session) }
    })
  }

  /** false: the server is open to everyone who reaches it */
  get required(): boolean {
    return this.#known.length > 0
  }

  /**
   * Why a request may not pass; undefined when it may. The cookie counts for reading only, so that no other site's
   * form can write with it.
   */
  refusal(request: IncomingMessage): GuerdonError | undefined {
    if (!this.required) return undefined
    const { authorization, 'x-api-key': header } = request.headers
    const bearer = authorization === undefined ? undefined : /^Bearer +(\S+) *$/i.exec(authorization)?.[1]
    const key = bearer ?? (typeof header === 'string' ? header : undefined)
    if (key !== undefined) {
      return this.knows(key) ? undefined : new GuerdonError('KEY_WRONG', 'the API key is not known here')
    }
    const reads = request.method === 'GET' || request.method === 'HEAD'
    if (reads && this.#knowsSession(cookieOf(request))) return undefined
    return new GuerdonError('KEY_MISSING', 'an API key is needed', {
      expected: '"Authorization: Bearer KEY" or "X-Api-Key: KEY"',
    })
  }

  knows(key: string): boolean {
    return this.#match(key, 'digest') !== undefined
  }

  /** The cookie's header for a key that is known. */
  sessionCookie(key: string, secure: boolean): string {
    const known = this.#match(key, 'digest')
    if (known === undefined) throw new GuerdonError('KEY_WRONG', 'the API key is not known here')
    return `${COOKIE}=${known.session}; Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`
  }

  #knowsSession(session: string | undefined): boolean {
    return session !== undefined && this.#match(session, 'sessionDigest') !== undefined
  }

  /** Looks at every key, whichever matches, for the same time. */
  #match(text: string, part: 'digest' | 'sessionDigest'): KnownKey | undefined {
    const digest = digestOf(text)
    let found: KnownKey | undefined
    for (const known of this.#known) if (timingSafeEqual(known[part], digest)) found = known
    return found
  }
}

function cookieOf(request: IncomingMessage): string | undefined {
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const [name, value] = part.trim().split('=', 2)
    if (name === COOKIE) return value
  }
  return undefined
}

/**
 * The keys of a file: one a line; empty lines and those that begin with # are left out.
 * @throws GuerdonError FILE_MISSING, or ARGUMENT_INVALID when a line is no key
 */
export function readKeyFile(path: string): string[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new GuerdonError('FILE_MISSING', 'the key file cannot be read', { where: { file: path }, cause })
  }
  const keys: string[] = []
  for (const [index, line] of text.split('\n').entries()) {
    const key = line.trim()
    if (key === '' || key.startsWith('#')) continue
    checkKey(key, path, index + 1)
    keys.push(key)
  }
  if (keys.length === 0) {
    throw new GuerdonError('ARGUMENT_INVALID', 'holds no key', {
      where: { file: path },
      expected: 'one key a line',
    })
  }
  return keys
}

/** A key goes through a header: visible characters without spaces, long enough that it cannot be guessed. */
export function checkKey(key: string, file?: string, line?: number): void {
  if (/^[\x21-\x7e]{16,512}$/.test(key)) return
  throw new GuerdonError('ARGUMENT_INVALID', 'is no API key', {
    where: { file, line },
    expected: '16 to 512 visible ASCII characters without spaces',
  })
}
