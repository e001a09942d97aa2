/** The server's own addresses: alive, ready, figures, description, events. */
import type { DirectRoute } from './app.ts'
import type { EventStream } from './event-stream.ts'
import type { Metrics } from './metrics.ts'
import { JSON_TYPE, send } from './send.ts'

export interface Readiness {
  readonly ready: boolean
  readonly store: string
  readonly reward: string
  readonly specDigest: string
  readonly stopping: boolean
  /** why the spec file as it stands is not served; the server is ready all the same */
  readonly specProblem: string | null
}

export interface ServerRouteParts {
  readonly metrics: Metrics
  readonly events: EventStream
  /** OpenAPI description of all routes */
  readonly openApi: unknown
  readiness(): Promise<Readiness>
}

export function serverRoutes({ metrics, events, openApi, readiness }: ServerRouteParts): DirectRoute[] {
  const description = JSON.stringify(openApi)
  return [
    {
      method: 'get',
      path: '/healthz',
      open: true,
      answer: (_request, response) => send(response, 200, JSON_TYPE, '{"status":"ok"}', NOT_KEPT),
    },
    {
      method: 'get',
      path: '/readyz',
      async answer(_request, response) {
        const state = await readiness()
        send(response, state.ready ? 200 : 503, JSON_TYPE, JSON.stringify(state), NOT_KEPT)
      },
    },
    {
      method: 'get',
      path: '/metrics',
      answer: async (_request, response) =>
        send(response, 200, metrics.contentType, await metrics.text(), NOT_KEPT),
    },
    {
      method: 'get',
      path: '/openapi.json',
      answer: (_request, response) => send(response, 200, JSON_TYPE, description),
    },
    {
      method: 'get',
      path: '/studio/api/events',
      answer: (request, response, search) =>
        events.attach(request, response, new URLSearchParams(search).get('run') ?? undefined),
    },
  ]
}

const NOT_KEPT: Readonly<Record<string, string>> = { 'Cache-Control': 'no-store' }
