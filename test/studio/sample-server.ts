/**
 * Serves the built studio with a sample API: for the browser tests, and for a person who works on the pages
 * (`node test/studio/sample-server.ts`).
 */
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SampleApi } from './sample-api.ts'
import { type SampleRun, sampleRun } from './sample-run.ts'

const builtFolder = fileURLToPath(new URL('../../dist/studio', import.meta.url))

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

export interface SampleServer {
  readonly address: string
  /** sends an event to every page that listens */
  publish(event: string, data: unknown): void
  /** cuts every open stream, as a network does */
  cut(): void
  close(): Promise<void>
}

interface SampleServerOptions {
  readonly runs: readonly SampleRun[]
  /** where the built studio lies */
  readonly folder?: string
  readonly port?: number
}

export async function sampleServer({
  runs,
  folder = builtFolder,
  port = 0,
}: SampleServerOptions): Promise<SampleServer> {
  const api = new SampleApi(runs)
  const streams = new Set<ServerResponse>()
  let lastId = 0
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const json = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
      response.end(JSON.stringify(body))
    }
    if (url.pathname === '/studio/api/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
      response.write('retry: 300\n\n')
      streams.add(response)
      response.on('close', () => streams.delete(response))
      return
    }
    if (url.pathname.startsWith('/studio/api/')) {
      try {
        const answer = await api.answer(url.pathname.slice('/studio/api'.length), url.searchParams)
        if (answer !== undefined) return json(200, answer)
        const message = 'There is no such run, group or row in this store.'
        return json(404, { error: { code: 'STORE_UNKNOWN_RUN', message } })
      } catch (error) {
        return json(500, { error: { code: 'INTERNAL', message: String(error) } })
      }
    }
    const asked = url.pathname.startsWith('/assets/') ? `${folder}${url.pathname}` : `${folder}/index.html`
    if (asked.includes('..') || !existsSync(asked))
      return json(404, { error: { code: 'NOT_FOUND', message: 'no file' } })
    response.writeHead(200, {
      'content-type': types[extname(asked)] ?? 'application/octet-stream',
      'content-security-policy':
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'",
    })
    response.end(readFileSync(asked))
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    publish: (event, data) => {
      lastId++
      for (const stream of streams)
        stream.write(`id: ${lastId}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
    },
    cut: () => {
      for (const stream of streams) stream.destroy()
    },
    close: () => {
      for (const stream of streams) stream.destroy()
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { address } = await sampleServer({ runs: [await sampleRun(), await sampleRun(100_000)], port: 8765 })
  console.log(`studio with sample runs: ${address}`)
}
