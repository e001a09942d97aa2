/** Bodies of every kind over every path: no crash, no 5xx for bad input, no hang, always JSON. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ServeProcess } from './serve-process.ts'

const bodies = Number(process.env.GUERDON_FUZZ ?? 5000)
const folder = mkdtempSync(join(tmpdir(), 'guerdon-fuzz-'))
let server: ServeProcess

const spec = `name: fuzz
signals:
  correct: { use: math-answer, rules: [boxed] }
  format: { use: answer-format }
  size: { use: length, unit: words }
combine: { use: weighted-sum, weights: { correct: 1, format: 0.2, size: -0.001 } }
advantage: { use: grpo }
`

interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string
}

const agent = new Agent({ keepAlive: true, maxSockets: 32 })

function post(
  path: string,
  body: Buffer | string,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const sent = request(
    `${server.url}${path}`,
    { method: 'POST', agent, headers: { 'content-type': 'application/json', ...headers } },
    (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () =>
        resolve({
          status: response.statusCode!,
          type: response.headers['content-type'] ?? '',
          body: text,
        }),
      )
    },
  )
  // A path that does not answer is a finding, not a reason to wait for ever.
  sent.setTimeout(20_000, () => sent.destroy(new Error(`no answer from ${path}`)))
  sent.on('error', reject)
  sent.end(body)
  return promise
}

/** Bodies that the protocols know, to be changed in one place each; most go to a path that knows them. */
const known: readonly (readonly [path: string, body: unknown])[] = [
  [
    '/v1/rewards',
    { rows: [{ id: 'a', group: 'g', prompt: 'p', completion: '\\boxed{2}', reference: '2' }], step: 3 },
  ],
  [
    '/v1/rewards',
    {
      rows: [
        { prompt: [{ role: 'user', content: 'p' }], completion: 'c', columns: { x: 1 }, tokens: [1, 2] },
      ],
    },
  ],
  ['/get_reward', { query: ['p c'], prompts: ['p '], labels: ['c'] }],
  ['/openrlhf', { query: [], prompts: [], labels: [] }],
  ['/slime', { prompt: 'p', response: 'r', label: 'l' }],
  [
    '/slime?scalar=1',
    { prompt: [{ role: 'user', content: [{ type: 'text', text: 'p' }] }], response: 'r', label: null },
  ],
  [
    '/verify',
    {
      responses_create_params: { input: [{ role: 'user', content: 'p' }] },
      response: {
        id: 'r',
        output: [
          { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: '\\boxed{4}' }] },
        ],
      },
      expected_answer: '4',
    },
  ],
  ['/aggregate_metrics', { verify_responses: [{ reward: 1, correct: 1 }, { reward: 0 }] }],
  ['/classify', { model: 'm', input: ['a', 'b'], use_activation: false }],
  ['/v1/embeddings', { model: 'm', input: 'a', activation: true }],
  ['/classify', { model: 'm', text: ['a'] }],
  [
    '/classify',
    {
      model: 'm',
      messages: [
        { role: 'user', content: 'a' },
        { role: 'assistant', content: 'b' },
      ],
    },
  ],
  ['/rerank', { query: 'q', documents: ['a', 'b'], top_n: 1 }],
  ['/rerank', { query: 'q', texts: ['a', 'b'], raw_scores: true }],
  ['/score', { queries: 'q', documents: ['a'] }],
  ['/v1/score', { text_1: 'a', text_2: ['b', 'c'] }],
  ['/predict', { inputs: [['a'], ['b', 'c']], raw_scores: true }],
  ['/predict', { inputs: 'a' }],
  [
    '/evaluate',
    {
      messages: [
        { role: 'user', content: 'q' },
        { role: 'assistant', content: 'a' },
      ],
      ground_truth: 'a',
      kwargs: {},
    },
  ],
  [
    '/run_code',
    { code: 'console.log(1)', language: 'nodejs', stdin: '', compile_timeout: 1, run_timeout: 1 },
  ],
  ['/run_code', { code: 'x', language: 'cobol' }],
  [
    '/v1/fine_tuning/alpha/graders/run',
    {
      grader: {
        type: 'string_check',
        name: 'g',
        input: '{{sample.output_text}}',
        reference: '{{item.a}}',
        operation: 'eq',
      },
      model_sample: 'x',
      item: { a: 'x' },
    },
  ],
  [
    '/v1/fine_tuning/alpha/graders/run',
    {
      grader: {
        type: 'multi',
        name: 'm',
        graders: {
          a: {
            type: 'text_similarity',
            name: 'a',
            input: '{{sample.output_text}}',
            reference: 'x',
            evaluation_metric: 'bleu',
          },
        },
        calculate_output: '0.5 * a + max(1, 2)',
      },
      model_sample: '{"a": 1}',
      item: {},
    },
  ],
]

const odd: readonly unknown[] = [
  null,
  true,
  -1,
  1e308,
  0.1,
  '',
  '\u0000',
  '\ud800',
  '‮evil',
  [],
  {},
  [[]],
  ['a'.repeat(3000)],
  { __proto__: null, toString: 1 },
  Array.from({ length: 50 }, (_, index) => index),
]

/** A copy of a value with one place changed, removed, doubled or wrapped. */
function changed(value: unknown, path: readonly number[], what: number): unknown {
  const [next, ...rest] = path
  if (next === undefined || value === null || typeof value !== 'object' || Object.keys(value).length === 0)
    return odd[what % odd.length]
  const keys = Object.keys(value)
  const key = keys[next % keys.length]!
  if (Array.isArray(value)) {
    const copy: unknown[] = [...value]
    if (what % 7 === 0) copy.splice(Number(key), 1)
    else if (what % 7 === 1) copy.push(value[Number(key)])
    else copy[Number(key)] = changed(value[Number(key)], rest, what)
    return copy
  }
  const entry = (value as Record<string, unknown>)[key]
  const copy: Record<string, unknown> = { ...value }
  if (what % 7 === 0) delete copy[key]
  else if (what % 7 === 1) copy[`${key}_`] = entry
  else copy[key] = changed(entry, rest, what)
  return copy
}

const mutated = fc
  .record({
    one: fc.constantFrom(...known),
    place: fc.array(fc.nat(6), { maxLength: 5 }),
    what: fc.nat(1000),
    intact: fc.nat(3),
  })
  .map(({ one: [path, body], place, what, intact }) => ({
    path,
    body: JSON.stringify(intact === 0 ? body : changed(body, place, what)),
  }))
const elsewhere = <T>(bodies: fc.Arbitrary<T>): fc.Arbitrary<{ path: undefined; body: T }> =>
  bodies.map((body) => ({ path: undefined, body }))
const anything = fc.json({ maxDepth: 4 })
const broken = fc.oneof(
  fc.string({ maxLength: 60 }),
  mutated.map(({ body }) => body.slice(0, Math.max(1, body.length >> 1))),
  fc.constantFrom(
    '',
    '{',
    '[1,',
    'NaN',
    '{"a":NaN}',
    '{"a":Infinity}',
    '\ufeff{}',
    '"',
    `${'['.repeat(5000)}`,
  ),
  fc.constant(`{"rows":${'['.repeat(20_000)}${']'.repeat(20_000)}}`),
)
const bytes = fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array))
const sent = fc.oneof(
  { weight: 6, arbitrary: mutated },
  { weight: 2, arbitrary: elsewhere(mutated.map(({ body }) => body)) },
  { weight: 1, arbitrary: elsewhere(anything) },
  elsewhere(broken),
  elsewhere(bytes),
)
const headers = fc.constantFrom<Readonly<Record<string, string>>>(
  {},
  {},
  {},
  { 'idempotency-key': 'k' },
  { 'content-type': 'text/plain' },
  { 'content-encoding': 'gzip' },
  { 'content-encoding': 'zebra' },
  { traceparent: 'nonsense' },
  { authorization: 'Bearer x' },
)

let paths: string[] = []

beforeAll(async () => {
  const file = join(folder, 'reward.yaml')
  writeFileSync(file, spec)
  server = await ServeProcess.start([file, '--port', '0', '--store', join(folder, 'store.sqlite')])
  const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, unknown>>
  }
  paths = Object.entries(document.paths).flatMap(([path, methods]) => ('post' in methods ? [path] : []))
}, 60_000)

afterAll(async () => {
  await server?.kill('SIGTERM')
  agent.destroy()
  rmSync(folder, { recursive: true, force: true })
})

describe('guerdon serve under odd bodies', () => {
  it(`answers ${bodies} bodies over every path`, async () => {
    expect(paths.length).toBeGreaterThan(10)
    const draws = fc.sample(fc.record({ path: fc.nat(), sent, headers }), {
      numRuns: bodies,
      seed: Number(process.env.GUERDON_FUZZ_SEED ?? 4),
    })
    const counts = new Map<string, number>()
    const findings: string[] = []
    let next = 0
    const lane = async (): Promise<void> => {
      while (next < draws.length) {
        const index = next++
        const draw = draws[index]!
        const { body } = draw.sent
        const path = draw.sent.path ?? [...paths, '/nowhere'][draw.path % (paths.length + 1)]!
        const answer = await post(path, body, draw.headers)
        const label = `${answer.status}`
        counts.set(label, (counts.get(label) ?? 0) + 1)
        const shown = `${path} ${String(body).slice(0, 300)} → ${answer.status} ${answer.body.slice(0, 300)}`
        if (answer.status >= 500) findings.push(shown)
        if (!answer.type.startsWith('application/json')) findings.push(`no JSON: ${shown}`)
        try {
          JSON.parse(answer.body)
        } catch {
          findings.push(`no JSON: ${shown}`)
        }
      }
    }
    await Promise.all(Array.from({ length: 24 }, lane))
    console.log(
      [...counts]
        .sort()
        .map(([status, times]) => `${status}: ${times}`)
        .join(', '),
    )
    expect(findings.slice(0, 10)).toEqual([])
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
    expect(server.child.exitCode).toBeNull()
  }, 900_000)
})
