/** `/metrics` and traces of a served reward: they parse, and they agree with what was sent. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { assembledServer, Folder, until } from './assembled-server.ts'

const folder = new Folder()
afterAll(() => folder[Symbol.dispose]())

const spec = folder.write(
  'figures.yaml',
  `name: figures
signals:
  correct: { use: math-answer, rules: [boxed] }
  size: { use: length, unit: words }
combine: { use: weighted-sum, weights: { correct: 1, size: 0 } }
`,
)

interface Figures {
  readonly types: ReadonlyMap<string, string>
  /** `name{label="value",…}` with the labels in the order of their names → value */
  readonly values: ReadonlyMap<string, number>
}

/** Reads the text format of Prometheus; throws for a line that is none of it. */
function parseFigures(text: string): Figures {
  const types = new Map<string, string>()
  const values = new Map<string, number>()
  expect(text.endsWith('\n')).toBe(true)
  for (const line of text.split('\n')) {
    if (line === '' || /^# HELP [a-z_]+ \S/.test(line)) continue
    const [, typed, type] = /^# TYPE ([a-z_]+) (counter|gauge|histogram)$/.exec(line) ?? []
    if (typed !== undefined) {
      expect(types.has(typed), `${typed} is described twice`).toBe(false)
      types.set(typed, type!)
      continue
    }
    const [, name, labels = '', value] = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
    if (name === undefined) throw new Error(`no line of the text format: ${line}`)
    const pairs = [...labels.matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"(?:,|$)/g)]
    expect(pairs.map(([pair]) => pair).join(''), line).toBe(labels)
    const family = types.has(name) ? name : name.replace(/_(?:bucket|sum|count)$/, '')
    expect(types.has(family), `${name} has no type`).toBe(true)
    const sorted = pairs.map(([, label, text]) => `${label}="${text}"`).sort()
    const key = sorted.length === 0 ? name : `${name}{${sorted.join(',')}}`
    expect(values.has(key), `${key} stands twice`).toBe(false)
    values.set(key, Number(value === '+Inf' ? 'Infinity' : value))
  }
  return { types, values }
}

const row = (id: string, completion: string, reference?: string) => ({
  id,
  prompt: 'p',
  completion,
  ...(reference === undefined ? {} : { reference }),
})

describe('/metrics', () => {
  it('counts what was sent', async () => {
    await using server = await assembledServer(spec, { store: folder.file('figures.sqlite'), run: 'f' })
    const send = (rows: unknown[], key: string) =>
      server.post('/v1/rewards', { rows }, { 'idempotency-key': key })
    // Six valid rows, two of which the cache knows; one without a reference; a repeat; a refusal.
    await send([row('a', '\\boxed{1}', '1'), row('b', 'so \\boxed{2}', '1')], 'one')
    await send([row('c', '\\boxed{1}', '1'), row('d', 'so \\boxed{2}', '1')], 'two')
    await send([row('e', '\\boxed{1} again', '1'), row('f', 'no box', '1'), row('g', '\\boxed{1}')], 'three')
    expect(
      (await send([row('a', '\\boxed{1}', '1'), row('b', 'so \\boxed{2}', '1')], 'one')).body.repeated,
    ).toBe(true)
    expect((await send([{ id: 'x' }], 'four')).status).toBe(400)
    await server.post('/slime', { prompt: 'p', response: '\\boxed{5}', label: '5' })

    const metrics = async (): Promise<string> => (await server.get('/metrics')).body
    await until(async () =>
      (await metrics()).includes('guerdon_requests_total{protocol="slime",status="200"} 1'),
    )
    const { types, values } = parseFigures(await metrics())
    const figures = Object.fromEntries(
      [...values].filter(([key]) => /^guerdon_\w+_total/.test(key) && !key.includes('"server"')),
    )
    expect(figures).toEqual({
      'guerdon_requests_total{protocol="rewards",status="200"}': 4,
      'guerdon_requests_total{protocol="rewards",status="400"}': 1,
      'guerdon_requests_total{protocol="slime",status="200"}': 1,
      'guerdon_rows_total{protocol="rewards",valid="true"}': 6,
      'guerdon_rows_total{protocol="rewards",valid="false"}': 1,
      'guerdon_rows_total{protocol="slime",valid="true"}': 1,
      'guerdon_invalid_rows_total{reason="missing-input",signal="correct"}': 1,
      guerdon_cache_hits_total: 2,
      'guerdon_repeated_requests_total{protocol="rewards"}': 1,
    })
    for (const [name, type] of types) expect(name.endsWith('_total'), name).toBe(type === 'counter')
    // Of seven valid rows four are right.
    expect(values.get('guerdon_reward{column="reward",statistic="mean"}')).toBeCloseTo(4 / 7, 12)
    expect(values.get('guerdon_reward{column="correct",statistic="std"}')).toBeCloseTo(Math.sqrt(12) / 7, 12)
    expect(values.get('guerdon_queue_rows')).toBe(0)

    const buckets = [...values].filter(([key]) =>
      /^guerdon_request_duration_seconds_bucket\{.*protocol="rewards"/.test(key),
    )
    const counts = buckets.map(([, count]) => count)
    expect(counts).toEqual([...counts].sort((a, b) => a - b))
    expect(counts.at(-1)).toBe(5)
    expect(values.get('guerdon_request_duration_seconds_count{protocol="rewards"}')).toBe(5)
  })

  it('agrees with the store', async () => {
    await using server = await assembledServer(spec, { store: folder.file('agree.sqlite'), run: 'agree' })
    await Promise.all(
      Array.from({ length: 40 }, (_, batch) =>
        server.post('/v1/rewards', {
          rows: Array.from({ length: 1 + (batch % 4) }, (_, index) =>
            row(`${batch}-${index}`, `\\boxed{${batch % 3}} ${index}`, batch % 7 === 0 ? undefined : '1'),
          ),
        }),
      ),
    )
    const { values } = parseFigures((await server.get('/metrics')).body)
    const { body } = await server.get('/studio/api/runs')
    const counted = ['true', 'false'].map(
      (valid) => values.get(`guerdon_rows_total{protocol="rewards",valid="${valid}"}`) ?? 0,
    )
    expect(counted[0]! + counted[1]!).toBe(body.runs[0].rows)
    expect(body.runs[0].rows).toBe(100)
    const { body: invalid } = await server.get('/studio/api/runs/agree/rows?valid=false&limit=100')
    expect(invalid.rows).toHaveLength(counted[1]!)
  })
})

describe('traces', () => {
  it('arrive at a collector with the scores of the rows as events', async () => {
    const bodies: string[] = []
    const collector = createServer(async (request, response) => {
      const pieces: Buffer[] = []
      for await (const piece of request) pieces.push(piece)
      const body = Buffer.concat(pieces)
      const isPacked = request.headers['content-encoding'] === 'gzip'
      bodies.push((isPacked ? gunzipSync(body) : body).toString('utf8'))
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
    await new Promise<void>((done) => collector.listen(0, '127.0.0.1', done))
    const otelEndpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}/`
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
    {
      await using server = await assembledServer(spec, { otelEndpoint })
      const { status } = await server.post(
        '/v1/rewards',
        { rows: [row('traced', '\\boxed{1}', '1')] },
        { traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
      )
      expect(status).toBe(200)
    }
    collector.close()
    expect(bodies.length).toBeGreaterThan(0)
    const spans = bodies.flatMap((body) =>
      JSON.parse(body).resourceSpans.flatMap((resource: { scopeSpans: { spans: unknown[] }[] }) =>
        resource.scopeSpans.flatMap((scope) => scope.spans),
      ),
    )
    const span = spans.find(({ name }) => name === 'POST /v1/rewards')
    expect(span).toMatchObject({ traceId, parentSpanId: '00f067aa0ba902b7' })
    const events = span.events.map(
      ({ name, attributes }: { name: string; attributes: { key: string; value: object }[] }) => [
        name,
        Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]])),
      ],
    )
    expect(events).toContainEqual([
      'gen_ai.evaluation.result',
      {
        'gen_ai.evaluation.name': 'reward',
        'gen_ai.evaluation.score.value': 1,
        'gen_ai.response.id': 'traced',
      },
    ])
    expect(spans.map(({ name }) => name).sort()).toEqual(['POST /v1/rewards', 'score correct', 'score size'])
  })
})
