/** A server of others: JSON posted to it, asked again where that may help, and its own words when it refuses. */
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { GuerdonError, messageOf, show } from '../../records/error.ts'

const whole = (least: number, most: number) => z.int().min(least).max(most)

/** What every spec of an endpoint may say. */
export const endpointFields = {
  url: z.url({ protocol: /^https?$/ }).describe('where the server is, for example http://127.0.0.1:8000'),
  model: z
    .string()
    .min(1)
    .optional()
    .describe('the name it serves the model under; asked of the server unless said; tei needs none'),
  keyVariable: z.string().min(1).optional().describe('environment variable that holds the key'),
  rowsTogether: whole(1, 4096)
    .optional()
    .describe('texts in one request; default 32; tei: at most what its /info says'),
  requestsTogether: whole(1, 256).optional().describe('requests under way at once; default 4'),
  timeoutSeconds: z.number().positive().max(86_400).optional().describe('for one request; default 120'),
  attempts: whole(1, 100).optional().describe('of one request, the first counted; default 5'),
} as const

export type EndpointFields = z.infer<z.ZodObject<typeof endpointFields>>

export interface EndpointOptions extends EndpointFields {
  /** milliseconds before the second attempt, doubled for each further one up to half a minute; default 500 */
  readonly pauseMilliseconds?: number | undefined
}

/** Statuses that a moment may mend. */
const PASSING = new Set([408, 425, 429, 502, 503, 504])
const LONGEST_PAUSE = 30_000
/** a server that asks to wait longer is taken to be gone */
const LONGEST_RETRY_AFTER = 300_000

export class Endpoint {
  readonly rowsTogether: number
  readonly requestsTogether: number
  readonly #url: string
  readonly #options: EndpointOptions
  readonly #headers: Readonly<Record<string, string>>

  /** @throws GuerdonError ARGUMENT_INVALID when the environment variable of the key is not set */
  constructor(options: EndpointOptions, environment: NodeJS.ProcessEnv = process.env) {
    this.#options = options
    this.#url = options.url.replace(/\/+$/, '')
    this.rowsTogether = options.rowsTogether ?? 32
    this.requestsTogether = options.requestsTogether ?? 4
    const headers: Record<string, string> = { 'user-agent': 'guerdon', accept: 'application/json' }
    if (options.keyVariable !== undefined) {
      const key = environment[options.keyVariable]
      if (!key) {
        throw new GuerdonError(
          'ARGUMENT_INVALID',
          'the environment variable with the key of the endpoint is not set',
          {
            where: { field: options.keyVariable },
          },
        )
      }
      headers.authorization = `Bearer ${key}`
    }
    this.#headers = headers
  }

  /** The address of a path. One that begins with /v1 may stand on an address that ends with it. */
  address(path: string): string {
    return path.startsWith('/v1/') && this.#url.endsWith('/v1') ? this.#url + path.slice(3) : this.#url + path
  }

  get(path: string, abort?: AbortSignal): Promise<unknown> {
    return this.#ask(path, {}, abort)
  }

  /**
   * Posts JSON and gives back what is answered. No answer, 408, 425, 429, 502, 503 and 504 are tried again, after what
   * `Retry-After` says or a pause that doubles.
   * @throws GuerdonError ENDPOINT_FAILED with the server's message, RUN_CANCELLED
   */
  post(path: string, body: unknown, abort?: AbortSignal): Promise<unknown> {
    const headers = { 'content-type': 'application/json' }
    return this.#ask(path, { method: 'POST', headers, body: JSON.stringify(body) }, abort)
  }

  /** A failure of this server, naming the path. */
  failure(
    path: string,
    what: string,
    parts: { found?: unknown; expected?: string; hint?: string } = {},
  ): GuerdonError {
    return new GuerdonError('ENDPOINT_FAILED', what, { where: { file: this.address(path) }, ...parts })
  }

  async #ask(path: string, request: RequestInit, abort: AbortSignal | undefined): Promise<unknown> {
    const most = this.#options.attempts ?? 5
    for (let attempt = 1; ; attempt++) {
      let wait = Math.min(LONGEST_PAUSE, (this.#options.pauseMilliseconds ?? 500) * 2 ** (attempt - 1))
      let refusal: GuerdonError
      const timeout = AbortSignal.timeout((this.#options.timeoutSeconds ?? 120) * 1000)
      try {
        const response = await fetch(this.address(path), {
          ...request,
          headers: { ...this.#headers, ...request.headers },
          signal: abort === undefined ? timeout : AbortSignal.any([timeout, abort]),
        })
        const text = await response.text()
        if (response.ok) return this.#parsed(path, text)
        refusal = this.#refusal(path, response.status, text)
        if (!PASSING.has(response.status) || isQuota(text)) throw refusal
        const asked = retryAfter(response.headers.get('retry-after'))
        if (asked > LONGEST_RETRY_AFTER) throw refusal
        wait = Math.max(wait, asked)
      } catch (error) {
        if (abort?.aborted) throw new GuerdonError('RUN_CANCELLED', 'the request was cancelled')
        if (error instanceof GuerdonError) throw error
        const reason = timeout.aborted
          ? `did not answer within ${this.#options.timeoutSeconds ?? 120} s`
          : `could not be reached: ${messageOf(error instanceof Error && error.cause instanceof Error ? error.cause : error)}`
        refusal = this.failure(path, `the endpoint ${reason}`)
      }
      if (attempt >= most) throw refusal
      await pause(wait, undefined, abort === undefined ? {} : { signal: abort }).catch(() => undefined)
      if (abort?.aborted) throw new GuerdonError('RUN_CANCELLED', 'the request was cancelled')
    }
  }

  #parsed(path: string, text: string): unknown {
    try {
      return JSON.parse(text)
    } catch {
      // Python writes NaN and Infinity into its JSON: numbers that are none.
      throw this.failure(path, 'the endpoint does not answer in JSON', { found: text.slice(0, 200) })
    }
  }

  #refusal(path: string, status: number, text: string): GuerdonError {
    const message = serverMessage(text)
    const hint =
      status === 401 || status === 403 ? 'keyVariable names the environment variable of its key' : undefined
    return this.failure(path, `the endpoint answered ${status}${message === '' ? '' : `: ${message}`}`, {
      ...(hint === undefined ? {} : { hint }),
    })
  }
}

/**
 * The words of a refusal, wherever a server puts them: `error.message` (OpenAI, vLLM), `message` (SGLang, older vLLM),
 * `error` (TEI), `detail` (FastAPI); else the body's beginning.
 *
 * @example serverMessage('{"error":"batch size 64 > 32","error_type":"validation"}') // 'batch size 64 > 32'
 */
export function serverMessage(body: string): string {
  let parsed: unknown
  try {
    parsed = JSON.parse(body)
  } catch {
    return messageOf(body.slice(0, 300))
  }
  const { error, message, detail } = (parsed ?? {}) as Record<string, unknown>
  const inner =
    typeof error === 'object' && error !== null ? (error as Record<string, unknown>).message : error
  const said = [inner, message, detail].find((candidate) => candidate !== undefined && candidate !== null)
  return messageOf(typeof said === 'string' ? said : show(said ?? parsed, 300))
}

/** Waiting does not refill an account. */
function isQuota(body: string): boolean {
  return body.includes('"insufficient_quota"')
}

/** Milliseconds that a Retry-After header asks for: seconds, or a date; 0 for none. */
function retryAfter(header: string | null): number {
  if (header === null) return 0
  const seconds = Number(header)
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now()
  return Number.isFinite(wait) ? Math.max(0, wait) : 0
}
