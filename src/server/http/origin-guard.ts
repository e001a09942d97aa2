/**
 * Who may reach the server through a browser. A page of another site can make a browser send requests to a server on
 * the same machine; without keys the Host header and the Origin are what tells such a page from the studio.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isIP } from 'node:net'
import { GuerdonError } from '../../records/error.ts'

export interface OriginRules {
  /** origins whose pages may call the server; `*` allows all */
  readonly corsOrigins: readonly string[]
  /** true: only loopback names are answered, since the server is bound to loopback and asks for no key */
  readonly loopbackOnly: boolean
}

/** `127.0.0.1`, `::1` (in brackets or not), `localhost` and names under it. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase()
  if (name === 'localhost' || name.endsWith('.localhost') || name === '::1') return true
  return isIP(name) === 4 && name.startsWith('127.')
}

/** Why a request may not pass; undefined when it may. */
export function originRefusal(request: IncomingMessage, rules: OriginRules): GuerdonError | undefined {
  const { host = '', origin } = request.headers
  if (rules.loopbackOnly && !isLoopback(host.replace(/:\d+$/, ''))) {
    return new GuerdonError('ORIGIN_REFUSED', 'the Host header names another machine', {
      found: host,
      expected: 'localhost or 127.0.0.1',
      hint: 'A server without keys answers only to these names; start it with --key-file to use others',
    })
  }
  if (origin === undefined || originAllowed(origin, rules)) return undefined
  if (isSameOrigin(origin, host)) return undefined
  return new GuerdonError('ORIGIN_REFUSED', 'pages of this origin may not call the server', {
    found: origin,
    hint: 'Allow it with --cors',
  })
}

/** Sets the headers that let an allowed page read the answer; none for others. */
export function setCorsHeaders(request: IncomingMessage, response: ServerResponse, rules: OriginRules): void {
  if (rules.corsOrigins.length === 0) return
  response.setHeader('Vary', 'Origin')
  const { origin } = request.headers
  if (origin === undefined || !originAllowed(origin, rules)) return
  response.setHeader('Access-Control-Allow-Origin', origin)
  response.setHeader('Access-Control-Expose-Headers', 'X-Request-Id, Retry-After')
}

/** The headers of the answer to a browser's question whether it may send a request. */
export function preflightHeaders(methods: readonly string[]): Record<string, string> {
  return {
    'Access-Control-Allow-Methods': methods.join(', '),
    'Access-Control-Allow-Headers':
      'Authorization, Content-Type, Content-Encoding, Idempotency-Key, X-Api-Key, traceparent',
    'Access-Control-Max-Age': '600',
  }
}

function originAllowed(origin: string, rules: OriginRules): boolean {
  return rules.corsOrigins.includes('*') || rules.corsOrigins.includes(origin)
}

/** The scheme is left out: behind a proxy that ends TLS the server cannot know it. */
function isSameOrigin(origin: string, host: string): boolean {
  return origin.replace(/^https?:\/\//, '') === host
}

/** Headers of every page and file of the studio: nothing from elsewhere runs, nobody frames it. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
}
