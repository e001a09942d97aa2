/**
 * Server-sent events: one stream of named events with ids, sent to every client that listens. A client that comes
 * back with `Last-Event-ID` gets what it missed as far as it is still kept; one that reads too slowly is let go, and
 * comes back by itself.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'

export interface EventStreamOptions {
  /** events kept for clients that come back; default 1024 */
  readonly kept?: number
  /** seconds between comments that keep proxies from closing an idle stream; default 15 */
  readonly heartbeatSeconds?: number
  /** bytes that may wait for one client before it is let go; default 1 MiB */
  readonly maximumWaiting?: number
}

interface Event {
  readonly id: number
  readonly text: string
  readonly run: string | undefined
}

interface Client {
  readonly response: ServerResponse
  readonly run: string | undefined
}

export class EventStream {
  readonly #clients = new Set<Client>()
  readonly #events: Event[] = []
  readonly #kept: number
  readonly #maximumWaiting: number
  readonly #heartbeat: NodeJS.Timeout
  /** Ids of an earlier process must not be taken for ours: a client's id counts only with our name in it. */
  readonly #epoch = Date.now().toString(36)
  #lastId = 0

  constructor(options: EventStreamOptions = {}) {
    this.#kept = options.kept ?? 1024
    this.#maximumWaiting = options.maximumWaiting ?? 1 << 20
    this.#heartbeat = setInterval(
      () => this.#send(': still here\n\n'),
      (options.heartbeatSeconds ?? 15) * 1000,
    )
    this.#heartbeat.unref()
  }

  /** clients that listen now */
  get clients(): number {
    return this.#clients.size
  }

  /** Tells every client; data of an object with a `run` goes only to those that listen to this run or to all. */
  publish(event: string, data: unknown): void {
    const id = ++this.#lastId
    const run = (data as { run?: unknown } | null)?.run
    const text = `id: ${this.#epoch}-${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`
    const kept: Event = { id, text, run: typeof run === 'string' ? run : undefined }
    this.#events.push(kept)
    // Cut rarely: removing from the front moves everything behind it.
    if (this.#events.length >= 2 * this.#kept) this.#events.splice(0, this.#events.length - this.#kept)
    this.#send(text, kept.run)
  }

  /** Answers a request with the stream, beginning with what the client missed. */
  attach(request: IncomingMessage, response: ServerResponse, run?: string): void {
    response.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-cache, no-transform',
      'X-Accel-Buffering': 'no',
      'X-Content-Type-Options': 'nosniff',
    })
    if (request.method === 'HEAD') {
      response.end()
      return
    }
    request.socket.setNoDelay(true)
    const client: Client = { response, run }
    const missed = this.#missed(request.headers['last-event-id'])
      .filter((event) => concerns(event.run, run))
      .map((event) => event.text)
    this.#clients.add(client)
    response.on('close', () => this.#clients.delete(client))
    this.#write(client, `retry: 2000\n\n${missed.join('')}`)
  }

  /** Ends every stream. */
  close(): void {
    clearInterval(this.#heartbeat)
    for (const { response } of this.#clients) response.end()
    this.#clients.clear()
  }

  #missed(lastEventId: string | string[] | undefined): Event[] {
    if (typeof lastEventId !== 'string' || lastEventId === '') return []
    const [epoch, number] = lastEventId.split('-')
    const last = epoch === this.#epoch ? Number(number) : 0
    const events = this.#events.slice(-this.#kept)
    return Number.isFinite(last) ? events.filter((event) => event.id > last) : events
  }

  #send(text: string, run?: string): void {
    for (const client of this.#clients) if (concerns(run, client.run)) this.#write(client, text)
  }

  #write(client: Client, text: string): void {
    client.response.write(text)
    if (client.response.writableLength <= this.#maximumWaiting) return
    this.#clients.delete(client)
    client.response.destroy()
  }
}

function concerns(eventRun: string | undefined, clientRun: string | undefined): boolean {
  return eventRun === undefined || clientRun === undefined || eventRun === clientRun
}
