/** An HTTP server on this machine for the length of a test, which remembers what it was asked. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  /** the parsed body; undefined without one */
  readonly body: Record<string, unknown>
}

export type Answer = (asked: Asked, response: ServerResponse, count: number) => unknown

export interface LocalServer {
  readonly url: string
  readonly asked: Asked[]
  close(): void
}

/**
 * @param answer returns what is sent as JSON with status 200, or answers itself and returns undefined; `count` is the
 *   number of the request, from 1
 */
export async function localServer(answer: Answer): Promise<LocalServer> {
  const asked: Asked[] = []
  const server: Server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    const entry: Asked = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body: text === '' ? undefined : JSON.parse(text),
    }
    asked.push(entry)
    const sent = await answer(entry, response, asked.length)
    if (sent !== undefined) respond(response, 200, sent)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** Sends JSON, or a text as it is. */
export function respond(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): undefined {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(typeof body === 'string' ? body : JSON.stringify(body))
  return undefined
}
