/**
 * The studio's built files. The folder is listed once: only names that are in the list are served, so a path can
 * never lead out of it. Files with a hash in their name are kept by browsers for good, the page itself never.
 */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, relative, sep } from 'node:path'
import { PAGE_HEADERS } from './origin-guard.ts'
import { send } from './send.ts'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
}
const ENCODINGS = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const

interface StaticFile {
  readonly type: string
  readonly tag: string
  readonly immutable: boolean
  readonly forms: ReadonlyMap<string, Buffer>
}

const NOT_BUILT = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Guerdon</title>
<h1>Guerdon</h1><p>The reward server is running. The studio, its web pages, has not been built yet.
In a clone of the project run <code>npm run build:studio</code>, then start the server again.</p>
<p>The description of the server’s addresses is at <a href="/openapi.json">/openapi.json</a>.</p></html>
`

export class StaticFiles {
  readonly #files: ReadonlyMap<string, StaticFile>

  /** @param folder where the studio was built; it may be missing */
  constructor(folder: string) {
    this.#files = existsSync(folder) ? readFolder(folder) : new Map()
  }

  /**
   * Serves a file, or the page for a path without a file name (its own router knows it); false when neither fits.
   * @param path of the request, without the query
   */
  serve(request: IncomingMessage, response: ServerResponse, path: string): boolean {
    const file = this.#files.get(path)
    if (file !== undefined) this.#send(request, response, file)
    else if (isPage(request, path)) {
      const page = this.#files.get('/index.html')
      if (page !== undefined) this.#send(request, response, page)
      else send(response, 200, TYPES['.html']!, NOT_BUILT, { ...PAGE_HEADERS, 'Cache-Control': 'no-store' })
    } else return false
    return true
  }

  #send(request: IncomingMessage, response: ServerResponse, file: StaticFile): void {
    const accepted = acceptedEncodings(request.headers['accept-encoding'])
    const encoding = ENCODINGS.find(([name]) => accepted.has(name) && file.forms.has(name))?.[0] ?? 'identity'
    const tag = `"${file.tag}-${encoding}"`
    const headers: Record<string, string> = {
      ...PAGE_HEADERS,
      'Cache-Control': file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
      ETag: tag,
      Vary: 'Accept-Encoding',
    }
    if (encoding !== 'identity') headers['Content-Encoding'] = encoding
    if (request.headers['if-none-match']?.split(/, */).includes(tag)) {
      for (const name in headers) response.setHeader(name, headers[name]!)
      response.statusCode = 304
      response.end()
      return
    }
    send(response, 200, file.type, file.forms.get(encoding)!, headers)
  }
}

/** Browsers ask for pages as text/html; what has an extension is a file that is not there, not a page. */
function isPage(request: IncomingMessage, path: string): boolean {
  const accept = request.headers.accept ?? ''
  return (
    path === '/' || (accept.includes('text/html') && extname(path) === '' && !path.startsWith('/studio/api'))
  )
}

function acceptedEncodings(header: string | string[] | undefined): Set<string> {
  const accepted = new Set<string>()
  for (const part of String(header ?? '').split(',')) {
    const [name, ...parameters] = part.trim().toLowerCase().split(/ *; */)
    if (!parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))) accepted.add(name!)
  }
  return accepted
}

function readFolder(folder: string): Map<string, StaticFile> {
  const files = new Map<string, StaticFile>()
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name)
    const name = `/${relative(folder, path).split(sep).join('/')}`
    const original = name.replace(/\.(br|gz)$/, '')
    if (original !== name && existsSync(join(folder, original))) continue
    const whole = readFileSync(path)
    const forms = new Map([['identity', whole]])
    for (const [encoding, extension] of ENCODINGS) {
      if (existsSync(path + extension)) forms.set(encoding, readFileSync(path + extension))
    }
    files.set(name, {
      type: TYPES[extname(name).toLowerCase()] ?? 'application/octet-stream',
      tag: createHash('sha256').update(whole).digest('base64url').slice(0, 22),
      immutable: name.startsWith('/assets/') && /[-.][\w-]{8,}\.\w+$/.test(name),
      forms,
    })
  }
  return files
}
