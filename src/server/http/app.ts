/**
 * The way of a request: who asks, where to, may they; then the body, the route, the answer. Everything is read from
 * and written to Node's own request and response: Web streams would cost more than all of it.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import { GuerdonError } from '../../records/error.ts'
import type { ServiceObserver } from '../observer.ts'
import type { Route } from '../route.ts'
import type { ScoringService } from '../scoring/scoring-service.ts'
import type { Keys } from './keys.ts'
import { type OriginRules, originRefusal, preflightHeaders, setCorsHeaders } from './origin-guard.ts'
import { parseJson } from './parse-json.ts'
import { type BodyLimits, BodyReader } from './read-body.ts'
import type { RefusalLog } from './refusal-log.ts'
import { RequestCall } from './request-call.ts'
import { type Method, RouteTable } from './route-table.ts'
import { errorBody, errorHeaders, JSON_TYPE, presentable, send } from './send.ts'
import type { StaticFiles } from './static-files.ts'
import type { Tracing } from './tracing.ts'

/** An address that answers by itself: health, metrics, the event stream, the login. */
export interface DirectRoute {
  readonly method: 'get' | 'post'
  readonly path: string
  /** true: answered without a key and under any name of the host */
  readonly open?: boolean
  answer(request: IncomingMessage, response: ServerResponse, search: string): void | Promise<void>
}

export interface AppParts {
  readonly routes: readonly Route[]
  readonly direct: readonly DirectRoute[]
  readonly service: ScoringService
  readonly keys: Keys
  readonly origins: OriginRules
  readonly limits: BodyLimits
  /** seconds a request of a protocol may take */
  timeoutOf(protocol: string): number
  readonly logger: Logger
  readonly refusals: RefusalLog
  readonly observers: readonly ServiceObserver[]
  readonly tracing?: Tracing | undefined
  readonly files?: StaticFiles | undefined
  /** answers a browser that has no key yet; true when it did */
  login?(request: IncomingMessage, response: ServerResponse, path: string, search: string): boolean
}

type Target = { readonly route: Route } | { readonly direct: DirectRoute }

/** How long what a refused client still sends is read and thrown away, so that it gets to read the answer. */
const LINGER_MILLISECONDS = 2000

export class App {
  readonly #parts: AppParts
  readonly #table = new RouteTable<Target>()
  readonly #bodies: BodyReader
  readonly #idPrefix = Math.random().toString(36).slice(2, 8)
  readonly #drained: (() => void)[] = []
  #count = 0
  #active = 0
  #stopping = false

  constructor(parts: AppParts) {
    this.#parts = parts
    this.#bodies = new BodyReader(parts.limits)
    for (const route of parts.routes) {
      this.#table.add(route.method.toUpperCase() as Method, route.path, { route })
    }
    for (const direct of parts.direct) {
      this.#table.add(direct.method.toUpperCase() as Method, direct.path, { direct })
    }
  }

  /** for `http.createServer` */
  readonly listener: RequestListener = (request, response) => this.#receive(request, response)

  get stopping(): boolean {
    return this.#stopping
  }

  /** requests that are not answered yet, streams of events not counted */
  get active(): number {
    return this.#active
  }

  /** Refuses what comes from now on; resolves when every accepted request is answered, or after the limit (false). */
  drain(limitSeconds: number): Promise<boolean> {
    this.#stopping = true
    if (this.#active === 0) return Promise.resolve(true)
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), limitSeconds * 1000)
      this.#drained.push(() => {
        clearTimeout(timer)
        resolve(true)
      })
    })
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    const id = this.#requestId(request)
    response.setHeader('X-Request-Id', id)
    const url = request.url ?? '/'
    const mark = url.indexOf('?')
    const path = mark < 0 ? url : url.slice(0, mark)
    const search = mark < 0 ? '' : url.slice(mark + 1)
    const method = request.method === 'HEAD' ? 'GET' : request.method
    const found = method === 'GET' || method === 'POST' ? this.#table.find(method, path) : undefined
    const route = found !== undefined && 'route' in found.target ? found.target.route : undefined
    const refuse = (thrown: unknown): void => this.#refuse(thrown, request, response, id, path, route)
    this.#observe(response, route?.protocol ?? 'server')
    if (found === undefined || 'route' in found.target) this.#holdOpen(response)

    if (this.#stopping && !(found !== undefined && 'direct' in found.target && found.target.direct.open)) {
      refuse(new GuerdonError('SERVER_STOPPING', 'the server stops and takes no more requests'))
      return
    }
    if (found !== undefined && 'direct' in found.target && found.target.direct.open) {
      this.#answerDirect(found.target.direct, request, response, search, refuse)
      return
    }
    const { origins, keys } = this.#parts
    const foreign = originRefusal(request, origins)
    if (foreign !== undefined) {
      refuse(foreign)
      return
    }
    setCorsHeaders(request, response, origins)
    if (method === 'OPTIONS') {
      this.#options(response, path, refuse)
      return
    }
    const unknown = keys.refusal(request)
    if (unknown !== undefined) {
      if (this.#parts.login?.(request, response, path, search) !== true) refuse(unknown)
      return
    }
    if (found === undefined) this.#notFound(request, response, path, refuse)
    else if ('direct' in found.target) {
      this.#answerDirect(found.target.direct, request, response, search, refuse)
    } else this.#answer(found.target.route, found.parameters, search, request, response, refuse)
  }

  /** Runs a route; the clock runs from the first header to the last byte of the answer. */
  #answer(
    route: Route,
    parameters: Readonly<Record<string, string>>,
    search: string,
    request: IncomingMessage,
    response: ServerResponse,
    refuse: (thrown: unknown) => void,
  ): void {
    const controller = new AbortController()
    const seconds = this.#parts.timeoutOf(route.protocol)
    const timer = setTimeout(() => {
      // An answer that is written already but not taken: the client reads too slowly.
      if (response.headersSent) response.destroy()
      const late = new GuerdonError('REQUEST_TIMEOUT', `the request was not done after ${seconds} s`)
      controller.abort(late)
      refuse(late)
    }, seconds * 1000)
    response.on('close', () => {
      clearTimeout(timer)
      if (!response.writableFinished)
        controller.abort(new GuerdonError('RUN_CANCELLED', 'the client went away'))
    })
    const trace = this.#parts.tracing?.begin(request, route, this.#parts.service)
    if (trace !== undefined) response.on('close', () => trace.end(statusOf(response)))
    const service = trace?.service ?? this.#parts.service
    const call = new RequestCall(request, search, parameters, service, controller.signal)
    this.#handle(route, call, request, response).catch((thrown: unknown) => {
      trace?.fail(thrown)
      refuse(controller.signal.aborted ? controller.signal.reason : thrown)
    })
  }

  async #handle(
    route: Route,
    call: RequestCall,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    let body: unknown
    if (route.method === 'post') {
      const bytes = await this.#bodies.read(request, response)
      call.body = bytes
      body = parseJson(bytes)
    }
    const { status = 200, body: answer, headers } = await route.handle(body, call)
    send(response, status, JSON_TYPE, JSON.stringify(answer), headers)
  }

  #answerDirect(
    direct: DirectRoute,
    request: IncomingMessage,
    response: ServerResponse,
    search: string,
    refuse: (thrown: unknown) => void,
  ): void {
    Promise.resolve()
      .then(() => direct.answer(request, response, search))
      .catch(refuse)
  }

  #options(response: ServerResponse, path: string, refuse: (thrown: unknown) => void): void {
    const methods = path === '*' ? ['GET', 'HEAD', 'POST', 'OPTIONS'] : this.#table.methodsOf(path)
    if (methods.length === 0) {
      refuse(new GuerdonError('PATH_UNKNOWN', 'there is no such address'))
      return
    }
    response.setHeader('Allow', methods.join(', '))
    for (const [name, value] of Object.entries(preflightHeaders(methods))) response.setHeader(name, value)
    response.statusCode = 204
    response.end()
  }

  #notFound(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    refuse: (thrown: unknown) => void,
  ): void {
    const methods = this.#table.methodsOf(path)
    if (methods.length > 0) {
      response.setHeader('Allow', methods.join(', '))
      refuse(
        new GuerdonError('METHOD_NOT_ALLOWED', 'this address knows another method', {
          found: request.method,
          expected: methods.join(', '),
        }),
      )
      return
    }
    const reads = request.method === 'GET' || request.method === 'HEAD'
    if (reads && this.#parts.files?.serve(request, response, path) === true) return
    refuse(new GuerdonError('PATH_UNKNOWN', 'there is no such address', { hint: '/openapi.json lists them' }))
  }

  /** Answers with an error in the route's form, and writes it to the log: faults with their stack, the rest once. */
  #refuse(
    thrown: unknown,
    request: IncomingMessage,
    response: ServerResponse,
    id: string,
    path: string,
    route: Route | undefined,
  ): void {
    if (response.destroyed || response.headersSent) return
    const error = presentable(thrown, id)
    if (error.code === 'SERVER_FAILED') {
      this.#parts.logger.error({ err: error.cause ?? error, requestId: id, path: route?.path }, error.message)
    } else if (error.httpStatus >= 500 && error.code !== 'SERVER_STOPPING') {
      this.#parts.logger.error({ code: error.code, requestId: id, path: route?.path }, error.message)
    } else if (error.code !== 'RUN_CANCELLED') {
      // Addresses that do not exist are the client's text too.
      this.#parts.refusals.note(error, route?.path ?? path.slice(0, 80), id)
    }
    const body = JSON.stringify(errorBody(error, route))
    send(response, error.httpStatus, JSON_TYPE, body, errorHeaders(error))
    if (!request.complete) {
      request.resume()
      const timer = setTimeout(() => request.destroy(), LINGER_MILLISECONDS)
      timer.unref()
      request.once('close', () => clearTimeout(timer))
    }
  }

  /** A stop waits for the answer, refusals too; streams and the server's own addresses end by themselves. */
  #holdOpen(response: ServerResponse): void {
    this.#active++
    response.on('close', () => {
      this.#active--
      if (this.#active === 0) for (const drained of this.#drained.splice(0)) drained()
    })
  }

  #observe(response: ServerResponse, protocol: string): void {
    const { observers } = this.#parts
    if (observers.length === 0) return
    const start = performance.now()
    response.on('close', () => {
      const seconds = (performance.now() - start) / 1000
      const event = { protocol, status: statusOf(response), seconds }
      for (const observer of observers) observer.onRequest?.(event)
    })
  }

  #requestId(request: IncomingMessage): string {
    const given = request.headers['x-request-id']
    if (typeof given === 'string' && /^[\w.:-]{1,64}$/.test(given)) return given
    return `${this.#idPrefix}-${(++this.#count).toString(36)}`
  }
}

/** 499 when the client went away before it had its answer. */
function statusOf(response: ServerResponse): number {
  return response.writableFinished ? response.statusCode : 499
}
