/** What a route sees of a request, made from Node's own; the query is parsed only when it is asked for. */
import { hash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Call } from '../route.ts'
import type { ScoringService } from '../scoring/scoring-service.ts'

export class RequestCall implements Call {
  readonly service: ScoringService
  readonly abort: AbortSignal
  readonly parameters: Readonly<Record<string, string>>
  readonly #request: IncomingMessage
  readonly #search: string
  #query: URLSearchParams | undefined
  #body: Uint8Array | undefined

  constructor(
    request: IncomingMessage,
    search: string,
    parameters: Readonly<Record<string, string>>,
    service: ScoringService,
    abort: AbortSignal,
  ) {
    this.#request = request
    this.#search = search
    this.parameters = parameters
    this.service = service
    this.abort = abort
  }

  get query(): URLSearchParams {
    this.#query ??= new URLSearchParams(this.#search)
    return this.#query
  }

  /** The body as it came (inflated), for the digest. */
  set body(bytes: Uint8Array) {
    this.#body = bytes
  }

  contentDigest(): string {
    return `${this.#request.url} ${hash('sha256', this.#body ?? '')}`
  }

  header(name: string): string | undefined {
    const value = this.#request.headers[name.toLowerCase()]
    return Array.isArray(value) ? value.join(', ') : value
  }
}
