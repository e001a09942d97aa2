import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { describe, expect, it } from 'vitest'
import type { Route } from '../route.ts'
import type { ScoredEvent } from '../scoring/scoring-listener.ts'
import type { ScoreAnswer, ScoringService } from '../scoring/scoring-service.ts'
import { openTracing, Tracing } from './tracing.ts'

const route: Route = {
  method: 'post',
  path: '/p',
  protocol: 'p',
  summary: '',
  handle: async () => ({ body: 0 }),
}
const asked = (traceparent?: string): IncomingMessage =>
  ({ headers: traceparent === undefined ? {} : { traceparent } }) as unknown as IncomingMessage
const row = (id: string, value: number | null) => ({
  id,
  group: 'g',
  reward: value,
  advantage: null,
  columns: { right: value },
  stages: {},
  reasons: value === null ? { right: 'no answer found', reward: 'right is invalid' } : {},
})
const event = {
  batches: [{ id: 'b1' }, { id: 'b2' }],
  timings: [{ signal: 'right', calls: 1, rows: 4, seconds: 0.25, retries: 0, failures: 1, slowest: [] }],
  cachedRows: 3,
  computedRows: 4,
} as unknown as ScoredEvent
const serviceOf = (tracing: () => Tracing, batch: string): ScoringService =>
  ({
    score: async (): Promise<ScoreAnswer> => {
      if (batch === 'b1') tracing().onScored(event)
      return { batch, repeated: false, specDigest: 'd', rows: [row('x', 1), row('y', null), row('z', 0)] }
    },
  }) as unknown as ScoringService

async function traced(tracing: Tracing, batch: string, traceparent?: string): Promise<void> {
  const trace = tracing.begin(
    asked(traceparent),
    route,
    serviceOf(() => tracing, batch),
  )
  await trace.service.score({ rollouts: [], protocol: 'p', groups: 'whole', abort: AbortSignal.abort() })
  trace.end(200)
}

describe('tracing', () => {
  const exporter = new InMemorySpanExporter()
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] })
  const tracing = new Tracing(provider.getTracer('test'), 2, () => provider.shutdown())

  it('goes on with the client’s trace, has one span a joined call and an event a score', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
    await traced(tracing, 'b1', `00-${traceId}-00f067aa0ba902b7-01`)
    await traced(tracing, 'b2', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`)
    const spans = exporter.getFinishedSpans()
    expect(spans.map((span) => span.name)).toEqual(['score right', 'POST /p', 'POST /p'])
    const [signal, first, second] = spans as [(typeof spans)[0], (typeof spans)[0], (typeof spans)[0]]
    expect(first.spanContext().traceId).toBe(traceId)
    expect(first.parentSpanContext?.spanId).toBe('00f067aa0ba902b7')
    expect(second.spanContext().traceId).not.toMatch(/^0+$/)
    expect(signal.parentSpanContext?.spanId).toBe(first.spanContext().spanId)
    expect(signal.attributes).toMatchObject({
      'guerdon.signal': 'right',
      'guerdon.rows': 4,
      'guerdon.failures': 1,
    })
    expect(signal.duration[0] + signal.duration[1] / 1e9).toBeCloseTo(0.25, 3)
    expect(first.events.map(({ name, attributes }) => [name, attributes])).toEqual(
      [
        ['right', 'x', 1],
        ['reward', 'x', 1],
        ['right', 'y', 'no answer found'],
        ['reward', 'y', 'right is invalid'],
      ].map(([name, id, value]) => [
        'gen_ai.evaluation.result',
        {
          'gen_ai.evaluation.name': name,
          'gen_ai.response.id': id,
          ...(typeof value === 'number'
            ? { 'gen_ai.evaluation.score.value': value }
            : { 'gen_ai.evaluation.score.label': 'invalid', 'gen_ai.evaluation.explanation': value }),
        },
      ]),
    )
  })

  it('reaches a collector over OTLP/HTTP', async () => {
    const bodies: string[] = []
    const collector = createServer((request, response) => {
      const pieces: Buffer[] = []
      request.on('data', (piece: Buffer) => pieces.push(piece))
      request.on('end', () => {
        const body = Buffer.concat(pieces)
        const text = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
        bodies.push(`${request.url} ${text}`)
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
      })
    })
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve))
    const { port } = collector.address() as AddressInfo
    const sent = await openTracing(`http://127.0.0.1:${port}/`, 8)
    await traced(sent, 'b1')
    await sent.close()
    expect(bodies.length).toBe(1)
    expect(bodies[0]).toMatch(/^\/v1\/traces /)
    for (const part of ['POST /p', 'score right', 'gen_ai.evaluation.result', 'service.name', 'guerdon']) {
      expect(bodies[0]).toContain(part)
    }
    collector.close()
  })
})
