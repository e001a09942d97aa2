/** Writes answers: one piece with its length, so that a connection stays open and no chunks are needed. */
import type { ServerResponse } from 'node:http'
import { GuerdonError } from '../../records/error.ts'
import type { Route } from '../route.ts'

export const JSON_TYPE = 'application/json; charset=utf-8'

/** Sends a text with its length. Nothing happens when the client is gone or an answer was begun. */
export function send(
  response: ServerResponse,
  status: number,
  type: string,
  text: string | Buffer,
  headers?: Readonly<Record<string, string>>,
): void {
  if (response.headersSent || response.destroyed) return
  response.statusCode = status
  response.setHeader('Content-Type', type)
  response.setHeader('Content-Length', Buffer.byteLength(text))
  if (headers !== undefined) for (const name in headers) response.setHeader(name, headers[name]!)
  response.end(text)
}

/** The body of an error in the route's own form. */
export function errorBody(error: GuerdonError, route?: Route): unknown {
  return route?.errorBody?.(error) ?? { error: { code: error.code, message: error.message } }
}

/** The headers that go with an error: when to come again, how to identify oneself. */
export function errorHeaders(error: GuerdonError): Record<string, string> | undefined {
  switch (error.code) {
    case 'SERVER_BUSY':
    case 'GROUP_INCOMPLETE':
    case 'STORE_FAILED':
      return { 'Retry-After': '1' }
    case 'SERVER_STOPPING':
      return { 'Retry-After': '5', Connection: 'close' }
    case 'KEY_MISSING':
      return { 'WWW-Authenticate': 'Bearer realm="guerdon"' }
    default:
      return undefined
  }
}

/** What was thrown as an error that may be shown: everything unexpected becomes one sentence with the request's id. */
export function presentable(thrown: unknown, requestId: string): GuerdonError {
  if (thrown instanceof GuerdonError) return thrown
  return new GuerdonError(
    'SERVER_FAILED',
    `the server failed on this request; its log says why under ${requestId}`,
    {
      cause: thrown,
    },
  )
}
