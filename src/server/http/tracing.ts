/**
 * Traces: a span for each request, which goes on with the trainer's trace when it sends `traceparent`; under it a
 * span for each joined signal call; and each signal's score of the first rows as an evaluation event.
 */
import type { IncomingMessage } from 'node:http'
import {
  type Context,
  type HrTime,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { LRUCache } from 'lru-cache'
import { GuerdonError } from '../../records/error.ts'
import type { Route } from '../route.ts'
import type { ScoredEvent, ScoringListener } from '../scoring/scoring-listener.ts'
import type { ScoreAnswer, ScoringService } from '../scoring/scoring-service.ts'
import { EVALUATION, SPAN } from './semantic-names.ts'

export interface RequestTrace {
  /** the service as this request must use it, so that its scores belong to its span */
  readonly service: ScoringService
  fail(thrown: unknown): void
  end(status: number): void
}

/** A joined call waits here from its end until the first of its requests takes it under its span. */
interface JoinedCall {
  readonly event: ScoredEvent
  readonly endedAt: number
  taken: boolean
}

export class Tracing implements ScoringListener {
  readonly #tracer: Tracer
  readonly #sampledRows: number
  readonly #close: () => Promise<void>
  readonly #joined = new LRUCache<string, JoinedCall>({ max: 4096 })

  /** @param sampledRows rows of a request whose scores become events; the rest would only be more of the same */
  constructor(tracer: Tracer, sampledRows: number, close: () => Promise<void>) {
    this.#tracer = tracer
    this.#sampledRows = sampledRows
    this.#close = close
  }

  onScored(event: ScoredEvent): void {
    const call: JoinedCall = { event, endedAt: Date.now(), taken: false }
    for (const batch of event.batches) this.#joined.set(batch.id, call)
  }

  begin(request: IncomingMessage, route: Route, service: ScoringService): RequestTrace {
    const method = route.method.toUpperCase()
    const span = this.#tracer.startSpan(
      `${method} ${route.path}`,
      {
        kind: SpanKind.SERVER,
        attributes: { [SPAN.method]: method, [SPAN.route]: route.path, [SPAN.protocol]: route.protocol },
      },
      parentOf(request.headers.traceparent),
    )
    const traced: ScoringService = {
      get reward() {
        return service.reward
      },
      get run() {
        return service.run
      },
      get columnNames() {
        return service.columnNames
      },
      score: async (scored) => {
        const answer = await service.score(scored)
        this.#describe(span, answer)
        return answer
      },
    }
    return {
      service: traced,
      fail(thrown) {
        const type = thrown instanceof GuerdonError ? thrown.code : 'SERVER_FAILED'
        span.setAttribute(SPAN.errorType, type)
      },
      end(status) {
        span.setAttribute(SPAN.status, status)
        if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
        span.end()
      },
    }
  }

  /** Sends what is waiting and stops. */
  close(): Promise<void> {
    return this.#close()
  }

  #describe(span: Span, answer: ScoreAnswer): void {
    span.setAttribute(SPAN.rows, answer.rows.length)
    span.setAttribute(SPAN.batch, answer.batch)
    const call = this.#joined.get(answer.batch)
    this.#joined.delete(answer.batch)
    if (call !== undefined && !call.taken) {
      call.taken = true
      this.#signalSpans(span, call)
    }
    for (const row of answer.rows.slice(0, this.#sampledRows)) {
      for (const [column, value] of [...Object.entries(row.columns), ['reward', row.reward] as const]) {
        if (typeof value === 'object' && value !== null) continue
        span.addEvent(EVALUATION.event, {
          [EVALUATION.name]: column,
          [EVALUATION.responseId]: row.id,
          ...(value === null ? { [EVALUATION.label]: 'invalid' } : { [EVALUATION.value]: value }),
          ...(row.reasons[column] === undefined ? {} : { [EVALUATION.explanation]: row.reasons[column] }),
        })
      }
    }
  }

  #signalSpans(parent: Span, { event, endedAt }: JoinedCall): void {
    const context = trace.setSpan(ROOT_CONTEXT, parent)
    for (const { signal, rows, seconds, failures } of event.timings) {
      const span = this.#tracer.startSpan(
        `score ${signal}`,
        {
          kind: SpanKind.INTERNAL,
          startTime: timeOf(endedAt - seconds * 1000),
          attributes: {
            [SPAN.signal]: signal,
            [SPAN.rows]: rows,
            [SPAN.failures]: failures,
            [SPAN.cachedRows]: event.cachedRows,
          },
        },
        context,
      )
      span.end(timeOf(endedAt))
    }
  }
}

function timeOf(milliseconds: number): HrTime {
  const seconds = Math.floor(milliseconds / 1000)
  return [seconds, Math.round((milliseconds - seconds * 1000) * 1e6)]
}

/** The trainer's span as W3C Trace Context writes it; anything else begins a new trace. */
function parentOf(header: string | string[] | undefined): Context {
  const parts = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/.exec(String(header ?? ''))
  if (parts === null) return ROOT_CONTEXT
  const [, version, traceId, spanId, flags] = parts as unknown as [string, string, string, string, string]
  if (version === 'ff' || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return ROOT_CONTEXT
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16) & 1,
    isRemote: true,
  })
}

/**
 * Traces that are sent to an OTLP/HTTP collector. The SDK is loaded here, for those who trace.
 *
 * @param endpoint the collector's base address, for example `http://localhost:4318`; `/v1/traces` is added
 * @throws GuerdonError PACKAGE_MISSING when the SDK is not installed
 */
export async function openTracing(endpoint: string, sampledRows: number): Promise<Tracing> {
  const [sdk, exporter, resources] = await Promise.all([
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ]).catch((cause: unknown) => {
    throw new GuerdonError('PACKAGE_MISSING', 'traces need the SDK of OpenTelemetry', {
      hint: 'npm install @opentelemetry/sdk-trace @opentelemetry/exporter-trace-otlp-http',
      cause,
    })
  })
  const name = process.env.OTEL_SERVICE_NAME ?? 'guerdon'
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`
  const provider = new sdk.TracerProvider({
    resource: resources.resourceFromAttributes({ 'service.name': name }),
    spanProcessors: [new sdk.BatchSpanProcessor({ exporter: new exporter.OTLPTraceExporter({ url }) })],
  })
  return new Tracing(provider.getTracer('guerdon'), sampledRows, () => provider.shutdown())
}
