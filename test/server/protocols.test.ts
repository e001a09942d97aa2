/** Every protocol at route level: what its clients send, and what they must get. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GuerdonError } from '../../src/records/error.ts'
import { protocolRoutes } from '../../src/server/protocols/index.ts'
import { Sandboxes } from '../../src/server/protocols/sandboxes.ts'
import { ask, DirectService } from './direct-service.ts'

const sandboxes = new Sandboxes(1)
const routes = protocolRoutes(sandboxes)
let service: DirectService

const spec = {
  name: 'sums',
  signals: {
    words: { use: 'length', unit: 'words' },
    correct: { use: 'exact-match' },
    boxed: { use: 'regular-expression', pattern: '\\\\boxed' },
  },
  combine: { use: 'weighted-sum', weights: { correct: 1, words: 0.1, boxed: 0.5 } },
  advantage: { use: 'grpo' },
} as const

beforeAll(async () => {
  service = await DirectService.open(spec)
})
afterAll(async () => {
  await service.close()
  await sandboxes.close()
})

// biome-ignore lint/suspicious/noExplicitAny: answers are JSON of many forms
const post = async (path: string, body: unknown, headers?: Record<string, string>): Promise<any> =>
  JSON.parse(JSON.stringify((await ask(routes, service, path, body, headers)).body))

async function failure(path: string, body: unknown): Promise<GuerdonError> {
  const error = await post(path, body).then(
    (answer) => new Error(`answered ${JSON.stringify(answer)}`),
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof GuerdonError)) throw error
  return error
}

const chat = '<|im_start|>user\nWhat is 1 + 1?<|im_end|>\n<|im_start|>assistant\n'
const last = () => service.requests.at(-1)!

describe('/v1/rewards', () => {
  it('answers every row with columns, advantage and reasons', async () => {
    const answer = await post(
      '/v1/rewards',
      {
        spec: 'sums',
        step: 3,
        protocol: 'trl',
        rows: [
          { id: 'a', group: 'g', prompt: 'q', completion: '2', reference: '2' },
          { group: 'g', prompt: 'q', completion: '3', reference: 2 },
          { group: 'g', prompt: 'q', completion: '4' },
        ],
      },
      { 'idempotency-key': 'k1' },
    )
    expect(answer.rows.map(({ id, reward, valid }: Record<string, unknown>) => [id, reward, valid])).toEqual([
      ['a', 1.1, true],
      ['r1', 0.1, true],
      ['r2', null, false],
    ])
    for (const row of answer.rows) expect(Object.keys(row.columns)).toEqual(['words', 'correct', 'boxed'])
    expect(answer.rows[0].advantage).toBeGreaterThan(0)
    expect(answer.rows[2].reasons.map(({ column }: { column: string }) => column)).toContain('correct')
    expect(answer.specDigest).toBe(service.reward.plan.digest)
    expect(last()).toMatchObject({ key: 'k1', protocol: 'trl', groups: 'whole' })
    expect(last().rollouts.map(({ step }) => step)).toEqual([3, 3, 3])
  })

  it('refuses another spec and names the row at fault', async () => {
    expect((await failure('/v1/rewards', { spec: 'other', rows: [] })).message).toContain('"sums"')
    const error = await failure('/v1/rewards', { rows: [{ prompt: 'a', completion: 'b' }, { prompt: 'a' }] })
    expect(error).toMatchObject({ code: 'DATA_FIELD_MISSING', where: { field: 'rows[1].completion' } })
  })
})

describe('/get_reward', () => {
  it('scores one row, and answers the same body alike', async () => {
    const body = { query: [`${chat}2<|im_end|>\n`], prompts: [chat], labels: ['2'] }
    const answer = await post('/get_reward', body)
    expect(answer).toEqual({
      rewards: [1.1],
      scores: [1],
      extra_logs: {
        words: [1],
        words_valid: [1],
        correct: [1],
        correct_valid: [1],
        boxed: [0],
        boxed_valid: [1],
      },
    })
    expect(last().groups).toBe('single')
    expect(await post('/get_reward', body)).toEqual(answer)
  })

  it('scores 512 rows in their order, with labels that are numbers', async () => {
    const numbers = Array.from({ length: 512 }, (_, index) => index)
    const answer = await post('/openrlhf', {
      query: numbers.map((index) => `${chat}${index % 3 === 0 ? index : 'no'}</s>`),
      prompts: numbers.map(() => chat),
      labels: numbers,
    })
    expect(answer.scores).toEqual(numbers.map((index) => (index % 3 === 0 ? 1 : 0)))
    expect(last().groups).toBe('whole')
  })

  it('answers an empty batch with the same keys', async () => {
    const answer = await post('/get_reward', { query: [], prompts: [], labels: [] })
    expect(answer.rewards).toEqual([])
    expect(Object.keys(answer.extra_logs)).toEqual([
      'words',
      'words_valid',
      'correct',
      'correct_valid',
      'boxed',
      'boxed_valid',
    ])
  })

  it('fails with the reason when a row has no label to compare with', async () => {
    const error = await failure('/get_reward', { query: ['a'], prompts: [''], labels: [null] })
    expect(error.code).toBe('ROW_INVALID')
    expect(error.message).toMatch(/could not be scored.*correct/)
  })

  it('cuts the longest common prefix when the query does not begin with the prompt, and says so', async () => {
    await post('/get_reward', { query: ['Q:  1+1? 2'], prompts: ['Q: 1+1?'], labels: ['2'] })
    expect(last().rollouts[0]).toMatchObject({ completion: ' 1+1? 2' })
    expect(last().rollouts[0]!.metadata!.promptPrefix).toContain('3 of 7 characters')
  })

  it('refuses lists of different lengths', async () => {
    expect((await failure('/get_reward', { query: ['a'], prompts: [], labels: [] })).where.field).toBe(
      'prompts',
    )
    expect((await failure('/get_reward', { query: ['a'], prompts: ['a'], labels: [] })).where.field).toBe(
      'labels',
    )
  })
})

describe('/slime and /miles', () => {
  it('answers an object with score, or a bare number', async () => {
    const body = { prompt: 'q', response: '2', label: '2' }
    expect(await post('/slime', body)).toMatchObject({ score: 1.1, correct: 1, correct_valid: 1 })
    expect(await post('/slime?scalar=1', body)).toBe(1.1)
    expect(await post('/miles', { ...body, prompt: [{ role: 'user', content: 'q' }] })).toMatchObject({
      score: 1.1,
    })
    expect(last().protocol).toBe('miles')
  })
})

describe('forms of inference servers', () => {
  let texts: DirectService
  beforeAll(async () => {
    texts = await DirectService.open({ name: 'short', signals: { words: { use: 'length', unit: 'words' } } })
  })
  afterAll(() => texts.close())
  // biome-ignore lint/suspicious/noExplicitAny: answers are JSON of many forms
  const send = async (path: string, body: unknown): Promise<any> =>
    (await ask(routes, texts, path, body)).body

  it('classifies input, messages and SGLang text', async () => {
    const input = `${chat}one two<|im_end|>\n`
    expect((await send('/classify', { input, use_activation: false })).data).toEqual([
      { index: 0, label: 'LABEL_0', probs: [2], num_classes: 1 },
    ])
    expect(texts.requests.at(-1)!.rollouts[0]).toMatchObject({ prompt: chat, completion: 'one two' })
    const squeezed = await send('/classify', { input: [input, 'a'], activation: true })
    expect(squeezed.data[0].probs[0]).toBeCloseTo(1 / (1 + Math.exp(-2)), 15)
    const messages = [
      { role: 'user', content: 'q' },
      { role: 'assistant', content: 'a b c' },
    ]
    expect((await send('/v1/classify', { messages })).data[0].probs).toEqual([3])
    expect(
      (await send('/classify', { text: ['a', 'a b'] })).map(
        (item: { embedding: number[] }) => item.embedding,
      ),
    ).toEqual([[1], [2]])
    expect((await send('/classify', { text: 'a' })).embedding).toEqual([1])
  })

  it('embeds, as numbers and as base64', async () => {
    expect((await send('/v1/embeddings', { input: 'a b' })).data[0].embedding).toEqual([2])
    const encoded = (await send('/v1/embeddings', { input: 'a b', encoding_format: 'base64' })).data[0]
      .embedding
    expect(Buffer.from(encoded, 'base64').readFloatLE()).toBe(2)
    expect((await send('/pooling', { input: ['a'], task: 'classify' })).data[0].data).toEqual([1])
  })

  it('refuses token ids, tasks and forms that a reward cannot do', async () => {
    expect((await failure('/v1/embeddings', { input: [1, 2] })).message).toContain('token ids')
    expect((await failure('/pooling', { input: 'a', task: 'token_classify' })).where.field).toBe('task')
    const causal = { query: 'q', items: ['a'], label_token_ids: [1, 2] }
    expect((await failure('/v1/score', causal)).message).toContain('causal')
  })

  it('scores pairs and ranks documents', async () => {
    const pairs = await send('/score', { text_1: 'q', text_2: ['a', 'a b'] })
    expect(pairs.data.map(({ score }: { score: number }) => score)).toEqual([1, 2])
    expect((await failure('/score', { queries: ['a', 'b'], documents: ['a'] })).where.field).toBe('queries')
    const documents = ['a', 'a b c', 'a b']
    const ranked = await send('/v1/rerank', { query: 'q', documents, top_n: 2 })
    expect(ranked.results).toEqual([
      { index: 1, document: { text: 'a b c' }, relevance_score: 3 },
      { index: 2, document: { text: 'a b' }, relevance_score: 2 },
    ])
    expect(await send('/rerank', { query: 'q', texts: documents, raw_scores: true })).toEqual([
      { index: 1, score: 3 },
      { index: 2, score: 2 },
      { index: 0, score: 1 },
    ])
    const sglang = await send('/v1/rerank', { query: 'q', documents, return_documents: true })
    expect(sglang[0]).toMatchObject({ score: 3, document: 'a b c', index: 1 })
  })

  it('keeps TEI’s rule of pairs', async () => {
    expect(await send('/predict', { inputs: ['the prompt', 'a b'], raw_scores: true })).toEqual([
      { score: 2, label: 'LABEL_0' },
    ])
    expect(texts.requests.at(-1)!.rollouts[0]).toMatchObject({ prompt: 'the prompt', completion: 'a b' })
    expect(await send('/predict', { inputs: [['a'], ['p', 'a b c']], raw_scores: true })).toEqual([
      [{ score: 1, label: 'LABEL_0' }],
      [{ score: 3, label: 'LABEL_0' }],
    ])
    expect((await failure('/predict', { inputs: ['a', 'b', 'c'] })).where.field).toBe('inputs')
    expect(await send('/predict', { inputs: [] })).toEqual([])
    expect((await ask(routes, texts, '/info')).body).toMatchObject({ model_id: 'short' })
    expect((await ask(routes, texts, '/v1/models')).body).toMatchObject({ data: [{ id: 'short' }] })
  })

  it('writes errors in the servers’ own forms', () => {
    const error = new GuerdonError('DATA_FIELD_MISSING', 'is missing', { where: { field: 'input' } })
    const form = (path: string) => routes.find((route) => route.path === path)!.errorBody!(error)
    expect(form('/classify')).toEqual({
      error: { message: '"input": is missing', type: 'BadRequestError', param: 'input', code: 400 },
    })
    expect(form('/predict')).toEqual({ error: '"input": is missing', error_type: 'validation' })
  })
})

describe('NeMo-Gym', () => {
  const request = {
    responses_create_params: { input: [{ role: 'user', content: 'What is 1 + 1?' }] },
    response: {
      id: 'r',
      output: [
        { type: 'reasoning', summary: [] },
        {
          type: 'message',
          role: 'assistant',
          content: [{ type: 'output_text', text: '2', annotations: [] }],
        },
      ],
    },
    verifier_metadata: { answer: '2' },
    uuid: 'u1',
    strange: { deep: [1, null] },
    words: 'mine',
  }

  it('echoes every field and adds components without taking a field’s place', async () => {
    const answer = await post('/verify', request)
    expect(answer).toMatchObject({ ...request, reward: 1.1, correct: 1, correct_valid: 1 })
    expect(answer.reward_components).toMatchObject({ words: 1, correct: 1 })
    expect(answer).not.toHaveProperty('_ng_failure_class')
    expect(last().rollouts[0]).toMatchObject({ id: 'u1', completion: '2', reference: '2' })
  })

  it('marks a row that cannot be scored as a failed judge', async () => {
    const { verifier_metadata: _, ...without } = request
    const answer = await post('/verify', without)
    expect(answer).toMatchObject({ reward: 0, _ng_failure_class: 'judge_failed', uuid: 'u1' })
    expect(answer._ng_failure_judge_error).toContain('correct')
  })

  it('sums up without failed judges', async () => {
    const { key_metrics, group_level_metrics } = await post('/aggregate_metrics', {
      verify_responses: [
        { _ng_task_index: 0, reward: 1, right: true },
        { _ng_task_index: 0, reward: 0, right: false },
        { _ng_task_index: 1, reward: 0, _ng_failure_class: 'judge_failed' },
      ],
    })
    expect(key_metrics).toEqual({ 'mean/reward': 0.5, 'mean/right': 0.5 })
    expect(group_level_metrics).toHaveLength(1)
    expect((await ask(routes, service, '/reverify_mode')).body).toBe('stateless')
    expect(await post('/seed_session', {})).toEqual({})
  })
})

describe('eval-protocol', () => {
  const messages = [
    { role: 'user', content: 'q' },
    { role: 'assistant', content: '2' },
  ]
  it('answers a score with metrics in [0, 1], and its own word for an invalid row', async () => {
    const answer = await post('/evaluate', { messages, ground_truth: '2', kwargs: { a: 1 } })
    expect(answer).toMatchObject({ score: 1.1, is_score_valid: true, error: null })
    expect(answer.metrics.correct).toMatchObject({ is_score_valid: true, score: 1 })
    expect(await post('/reward', { messages })).toMatchObject({ score: 0, is_score_valid: false })
    expect((await failure('/evaluate', { messages: messages.slice(0, 1) })).where.field).toBe('messages')
  })
})

describe('any JSON over every path', () => {
  it('is answered or refused with a 4xx, never anything else', async () => {
    const fields = [
      ...['rows', 'query', 'prompts', 'labels', 'prompt', 'response', 'label', 'input', 'messages', 'text'],
      ...['documents', 'texts', 'inputs', 'queries', 'text_1', 'text_2', 'ground_truth', 'grader', 'item'],
      ...['verify_responses', 'responses_create_params', 'output', 'model_sample', 'type', 'role', 'content'],
    ]
    const key = fc.oneof(
      fc.constantFrom(...fields),
      fc.constantFrom('__proto__', 'toString', 'constructor', 'length'),
    )
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.oneof(fc.string(), fc.double({ noNaN: true }), fc.boolean(), fc.constant(null)),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.array(fc.tuple(key, tie('value')), { maxLength: 5 }).map((entries) => {
          const object: Record<string, unknown> = {}
          for (const [name, entry] of entries)
            Object.defineProperty(object, name, {
              value: entry,
              enumerable: true,
              configurable: true,
              writable: true,
            })
          return object
        }),
      ),
    }))
    const posts = routes.filter(({ method }) => method === 'post')
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...posts), value, async (route, body) => {
        const error = await post(route.path, body).then(
          () => undefined,
          (thrown: unknown) => thrown,
        )
        if (error === undefined) return
        if (!(error instanceof GuerdonError)) throw error
        // A good request whose row cannot be scored is no bad input.
        expect(error.httpStatus).toBeLessThan(500)
        expect(error.httpStatus).toBeGreaterThanOrEqual(400)
        if (route.errorBody !== undefined) JSON.stringify(route.errorBody(error))
      }),
      { numRuns: 3000 },
    )
  })
})

describe('a good body with one place changed', () => {
  const message = { role: 'assistant', content: [{ type: 'text', text: '2' }] }
  const check = { type: 'string_check', name: 'c', input: '{{ item.a }}', reference: 'x', operation: 'eq' }
  const good: readonly (readonly [string, unknown])[] = [
    [
      '/v1/rewards',
      { rows: [{ prompt: [message], completion: 'c', reference: ['2'], columns: { a: 1 } }], step: 1 },
    ],
    ['/get_reward', { query: ['a b'], prompts: ['a'], labels: ['b'] }],
    ['/slime', { prompt: [message], response: 'r', label: 'l' }],
    ['/classify', { input: ['a'], use_activation: true }],
    ['/classify', { text: ['a'], model: 'm' }],
    ['/v1/classify', { messages: [message] }],
    ['/v1/embeddings', { input: 'a', encoding_format: 'base64' }],
    ['/pooling', { input: 'a', task: 'classify' }],
    ['/score', { text_1: 'a', text_2: ['b'] }],
    ['/rerank', { query: 'a', documents: ['b'], top_n: 1 }],
    ['/v1/rerank', { query: 'a', texts: ['b'], raw_scores: true }],
    ['/predict', { inputs: [['a'], ['b', 'c']], raw_scores: true }],
    ['/evaluate', { messages: [message], ground_truth: [message], kwargs: { a: 1 } }],
    [
      '/verify',
      {
        responses_create_params: { input: [message, { type: 'function_call', name: 'f', arguments: '{}' }] },
        response: {
          output: [
            { type: 'message', ...message },
            { type: 'function_call_output', output: 'x' },
          ],
        },
        verifier_metadata: { answer: '2' },
      },
    ],
    ['/aggregate_metrics', { verify_responses: [{ reward: 1, _ng_task_index: 0 }] }],
    ['/v1/fine_tuning/alpha/graders/run', { grader: check, model_sample: 'x', item: { a: 'x' } }],
    [
      '/v1/fine_tuning/alpha/graders/run',
      {
        grader: { type: 'multi', name: 'm', graders: { c: check }, calculate_output: 'c + 1' },
        model_sample: 'x',
      },
    ],
    ['/v1/fine_tuning/alpha/graders/validate', { grader: check }],
    ['/run_code', { code: '1', language: 'cobol', files: {}, fetch_files: [] }],
  ]
  const odd: readonly unknown[] = [
    null,
    true,
    -1,
    1e308,
    '',
    '\ud800',
    [],
    {},
    [[]],
    [null],
    { toString: 1 },
    'x'.repeat(3000),
  ]

  /** A copy with the place that the steps lead to replaced. */
  function changed(value: unknown, steps: readonly number[], other: unknown): unknown {
    const [step, ...rest] = steps
    if (step === undefined || value === null || typeof value !== 'object') return other
    const keys = Object.keys(value)
    if (keys.length === 0) return other
    const key = keys[step % keys.length]!
    const copy: Record<string, unknown> = Array.isArray(value) ? ([...value] as never) : { ...value }
    copy[key] = changed(copy[key], rest, other)
    return copy
  }

  it('is intact in the first place', async () => {
    for (const [path, body] of good) {
      const error = await post(path, body).then(
        () => undefined,
        (thrown: GuerdonError) => thrown,
      )
      // Texts without a reference cannot be scored by this reward; their form is right.
      if (error !== undefined) expect(error, path).toMatchObject({ code: 'ROW_INVALID' })
    }
  })

  it('is answered or refused with a 4xx', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...good),
        fc.array(fc.nat(5), { minLength: 1, maxLength: 6 }),
        fc.constantFrom(...odd),
        async ([path, body], steps, other) => {
          const error = await post(path, changed(body, steps, other)).then(
            () => undefined,
            (thrown: unknown) => thrown,
          )
          if (error === undefined) return
          if (!(error instanceof GuerdonError)) throw error
          expect(error.httpStatus, error.message).toBeLessThan(500)
        },
      ),
      { numRuns: 4000 },
    )
  })
})
