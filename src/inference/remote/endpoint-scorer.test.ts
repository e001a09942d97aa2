import { afterEach, describe, expect, it } from 'vitest'
import { type Answer, type LocalServer, localServer, respond } from '../../../test/models/local-server.ts'
import type { EndpointScorerSpec } from '../text-scorer.ts'
import { EndpointScorer } from './endpoint-scorer.ts'
import { scoreStepsRemotely } from './endpoint-steps.ts'

const servers: LocalServer[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

async function open(
  answer: Answer,
  spec: Partial<EndpointScorerSpec> & Pick<EndpointScorerSpec, 'protocol'>,
) {
  const server = await localServer(answer)
  servers.push(server)
  const scorer = await EndpointScorer.open({ url: server.url, pauseMilliseconds: 1, model: 'rm', ...spec })
  return { server, scorer }
}

const texts = ['abc', 'a', 'abcdef', '', 'ab']
const scores = Float64Array.from(texts, (text) => text.length - 2.5)
const scoreOf = (text: string) => text.length - 2.5

/** vLLM with one label, or with two of which the second is the score. */
function vllm(labels: 1 | 2): Answer {
  return ({ path, body }) => {
    const row = (text: string) => (labels === 1 ? [scoreOf(text)] : [7, scoreOf(text)])
    if (path === '/score') {
      const seconds = body.text_2 as string[]
      const data = (body.text_1 as string[]).map((first, index) => ({
        index,
        object: 'score',
        score: scoreOf(first + seconds[index]!),
      }))
      return { object: 'list', data: data.reverse() }
    }
    const input = body.input as string[]
    if (path === '/pooling')
      return {
        data: input.map((text, index) => ({
          index,
          object: 'pooling',
          data: body.task === 'token_classify' ? [...text].map((_, step) => [0.25, step / 4]) : row(text),
        })),
      }
    return {
      object: 'list',
      data: input
        .map((text, index) => ({ index, label: 'LABEL_0', probs: row(text), num_classes: labels }))
        .reverse(),
    }
  }
}

const tei: Answer = ({ path, body }, response) => {
  if (path === '/info') return { model_id: 'rm', model_sha: 'x', max_client_batch_size: 2 }
  const inputs = body.inputs as string[][]
  if (inputs.length > 2) return respond(response, 413, { error: 'too many', error_type: 'validation' })
  return inputs.map((input) => [
    { score: 9, label: 'bad' },
    { score: scoreOf(input.join('')), label: 'good' },
  ])
}

describe('EndpointScorer', () => {
  it('scores by vLLM’s /classify without an activation', async () => {
    const { server, scorer } = await open(vllm(1), {
      protocol: 'vllm',
      rowsTogether: 2,
      extra: { add_special_tokens: false },
    })
    expect(await scorer.scoreTexts(texts)).toEqual(scores)
    expect(server.asked.map(({ path }) => path)).toEqual(['/classify', '/classify', '/classify'])
    expect(server.asked[0]!.body).toEqual({
      model: 'rm',
      input: ['abc', 'a'],
      use_activation: false,
      add_special_tokens: false,
    })
    expect(await scorer.scoreTexts([])).toEqual(new Float64Array(0))
  })

  it('scores by /pooling, and pairs by /score', async () => {
    const { server, scorer } = await open(vllm(2), {
      protocol: 'vllm',
      route: 'pooling',
      label: 1,
      truncate: 'left',
    })
    expect(await scorer.scoreTexts(texts)).toEqual(scores)
    expect(server.asked[0]!.body).toMatchObject({
      task: 'classify',
      truncate_prompt_tokens: -1,
      truncation_side: 'left',
    })
    expect(await scorer.scorePairs!(['ab', 'a'], ['c', ''])).toEqual(Float64Array.of(0.5, -1.5))
    expect(() => scorer.scorePairs!(['a'], [])).toThrow(/as many first texts/)
  })

  it('scores by SGLang’s own /classify and by its embeddings', async () => {
    const answer: Answer = ({ path, body }) =>
      path === '/classify'
        ? (body.text as string[]).map((text) => ({
            embedding: [scoreOf(text)],
            meta_info: { prompt_tokens: 1 },
          }))
        : { data: (body.input as string[]).map((text, index) => ({ index, embedding: [scoreOf(text)] })) }
    for (const route of [undefined, 'embeddings'] as const) {
      const { server, scorer } = await open(answer, { protocol: 'sglang', route })
      expect(await scorer.scoreTexts(texts)).toEqual(scores)
      expect(server.asked[0]!.path).toBe(route === undefined ? '/classify' : '/v1/embeddings')
      expect(scorer.scorePairs).toBeUndefined()
    }
  })

  it('scores by TEI’s /predict: each text in a list of its own, labels by name, split by /info', async () => {
    const { server, scorer } = await open(tei, { protocol: 'tei', label: 'good' })
    expect(await scorer.scoreTexts(texts)).toEqual(scores)
    expect(server.asked[1]!.body).toEqual({ inputs: [['abc'], ['a']], raw_scores: true, truncate: false })
    expect(await scorer.scorePairs!(['ab'], ['c'])).toEqual(Float64Array.of(0.5))
    expect(server.asked.at(-1)!.body.inputs).toEqual([['ab', 'c']])
    const cutting = await open(tei, { protocol: 'tei', label: 'good', truncate: 'left' })
    await cutting.scorer.scoreTexts(['a'])
    expect(cutting.server.asked.at(-1)!.body).toMatchObject({ truncate: true, truncation_direction: 'Left' })
  })

  it('asks which of several labels is the score', async () => {
    const { scorer } = await open(vllm(2), { protocol: 'vllm' })
    await expect(scorer.scoreTexts(['a'])).rejects.toThrow(
      /none of them is chosen; expected label: a number from 0 to 1/,
    )
    const predicting = await open(tei, { protocol: 'tei' })
    await expect(predicting.scorer.scoreTexts(['a'])).rejects.toThrow(/one of bad, good/)
  })

  it('takes no answer that holds no scores', async () => {
    for (const probs of [[], [null], ['1'], undefined]) {
      const { scorer } = await open(() => ({ data: [{ index: 0, probs }] }), { protocol: 'vllm' })
      await expect(scorer.scoreTexts(['a'])).rejects.toMatchObject({ code: 'ENDPOINT_FAILED' })
    }
    const { scorer } = await open(({ path }) => (path === '/info' ? {} : [[{ label: 'x', score: null }]]), {
      protocol: 'tei',
    })
    await expect(scorer.scoreTexts(['a'])).rejects.toThrow(/no labels with scores/)
  })

  it('refuses a route that the protocol does not have', async () => {
    await expect(open(tei, { protocol: 'tei', route: 'pooling' })).rejects.toThrow(
      /tei has no such route; expected predict/,
    )
  })
})

describe('scoreStepsRemotely', () => {
  it('gives one score a step, ragged', async () => {
    const server = await localServer(vllm(2))
    servers.push(server)
    const { offsets, values } = await scoreStepsRemotely(['abc', '', 'a'], {
      url: server.url,
      model: 'prm',
      rowsTogether: 2,
    })
    expect(offsets).toEqual(Int32Array.of(0, 3, 3, 4))
    expect(values).toEqual(Float64Array.of(0, 0.25, 0.5, 0))
    expect(server.asked[0]!.body).toEqual({ model: 'prm', input: ['abc', ''], task: 'token_classify' })
    const first = await scoreStepsRemotely(['ab'], { url: server.url, model: 'prm', label: 0 })
    expect(first.values).toEqual(Float64Array.of(0.25, 0.25))
    await expect(scoreStepsRemotely(['ab'], { url: server.url, model: 'prm', label: 2 })).rejects.toThrow(
      /no such label/,
    )
  })
})
