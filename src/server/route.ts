/**
 * How a protocol meets the server: a list of routes. The HTTP layer reads and bounds the body, checks the key, parses
 * JSON, calls `handle`, and writes what it returns; a protocol knows nothing of sockets and headers.
 */
import type { z } from 'zod'
import type { GuerdonError } from '../records/error.ts'
import type { ScoringService } from './scoring/scoring-service.ts'

/** What a route may ask of the request besides its body. */
export interface Call {
  readonly service: ScoringService
  /** aborted when the client goes away or the request's time is up */
  readonly abort: AbortSignal
  readonly query: URLSearchParams
  /** values of the path's `:name` parts, decoded */
  readonly parameters: Readonly<Record<string, string>>
  header(name: string): string | undefined
  /** the address and the SHA-256 of the body's bytes, where there are bytes: equal requests have equal digests */
  contentDigest?(): string
}

export interface Reply {
  /** 200 unless said otherwise */
  readonly status?: number
  /** sent as JSON; NaN and infinity must not be in it */
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface Route {
  readonly method: 'get' | 'post'
  readonly path: string
  /** short lower-case name of the protocol, the label of metrics and stored batches: `openrlhf` */
  readonly protocol: string
  /** one sentence for the OpenAPI description */
  readonly summary: string
  /** the body's schema; it documents and validates. Unknown fields pass where the protocol allows them. */
  readonly request?: z.ZodType
  readonly response?: z.ZodType
  /** the protocol's own form of an error body; `{"error": {"code", "message"}}` unless given */
  errorBody?(error: GuerdonError): unknown
  /** `body`: parsed JSON, not yet validated (undefined for GET) */
  handle(body: unknown, call: Call): Promise<Reply>
}
