import { afterEach, describe, expect, it } from 'vitest'
import {
  type Answer,
  type Asked,
  type LocalServer,
  localServer,
  respond,
} from '../../../test/models/local-server.ts'
import type { EndpointEncoderSpec } from '../encoder.ts'
import { EndpointEncoder } from './endpoint-encoder.ts'

const servers: LocalServer[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

/** What the pretended models make of a text. */
const vectorOf = (text: string) => [text.length, text.charCodeAt(0) || 0, 1]
const base64Of = (numbers: readonly number[]) =>
  Buffer.from(Float32Array.from(numbers).buffer).toString('base64')
const texts = Array.from({ length: 11 }, (_, index) => 'abcdefghijk'.slice(index))

async function open(
  answer: Answer,
  spec: Partial<EndpointEncoderSpec> & Pick<EndpointEncoderSpec, 'protocol'>,
) {
  const server = await localServer(answer)
  servers.push(server)
  const encoder = await EndpointEncoder.open({ url: server.url, pauseMilliseconds: 1, ...spec })
  return { server, encoder }
}

/** An OpenAI-compatible server: rows in any order, as floats or in base64. */
function openAi({ path, body }: Asked): unknown {
  if (path === '/v1/models') return { object: 'list', data: [{ id: 'served' }] }
  const data = (body.input as string[]).map((text, index) => ({
    object: 'embedding',
    index,
    embedding: body.encoding_format === 'base64' ? base64Of(vectorOf(text)) : vectorOf(text),
  }))
  return {
    object: 'list',
    model: body.model,
    data: data.reverse(),
    usage: { prompt_tokens: 1, total_tokens: 1 },
  }
}

function tei(batch: number): Answer {
  return ({ path, body }, response) => {
    if (path === '/info')
      return { model_id: 'm', model_sha: 's', max_client_batch_size: batch, max_input_length: 512 }
    const inputs = body.inputs as string[]
    if (inputs.length > batch)
      return respond(response, 413, {
        error: `batch size ${inputs.length} > ${batch}`,
        error_type: 'validation',
      })
    return inputs.map(vectorOf)
  }
}

describe('EndpointEncoder', () => {
  it('embeds with OpenAI-compatible servers, vLLM and SGLang, in the order of the texts', async () => {
    for (const protocol of ['openai', 'vllm', 'sglang'] as const) {
      const { server, encoder } = await open(openAi, { protocol, normalise: false, rowsTogether: 4 })
      expect(encoder.width).toBe(3)
      expect(await encoder.embed(texts)).toEqual(Float32Array.from(texts.flatMap(vectorOf)))
      const [, , first] = server.asked.map(({ body }) => body)
      expect(first).toEqual({
        model: 'served',
        input: texts.slice(0, 4),
        ...(protocol === 'sglang' ? {} : { encoding_format: 'base64' }),
        ...(protocol === 'vllm' ? { truncate_prompt_tokens: -1 } : {}),
      })
      expect(server.asked).toHaveLength(2 + 3)
    }
  })

  it('splits by what TEI takes, and normalises', async () => {
    const { server, encoder } = await open(tei(4), { protocol: 'tei', requestsTogether: 2 })
    const found = await encoder.embed(texts)
    for (const [row, text] of texts.entries()) {
      const length = Math.hypot(...vectorOf(text))
      const expected = vectorOf(text).map((value) => expect.closeTo(value / length, 6))
      expect([...found.subarray(row * 3, row * 3 + 3)]).toEqual(expected)
    }
    expect(
      server.asked.slice(1).map(({ body }) => [(body.inputs as string[]).length, body.truncate]),
    ).toEqual([1, 4, 4, 3].map((rows) => [rows, true]))
  })

  it('takes a TEI without /info for one with the usual limit', async () => {
    const answer: Answer = (asked, response, count) =>
      asked.path === '/info' ? respond(response, 404, '') : tei(32)(asked, response, count)
    const { encoder } = await open(answer, { protocol: 'tei' })
    expect(await encoder.embed(new Array(40).fill('a'))).toHaveLength(120)
  })

  it('has a digest for address, model, width and options', async () => {
    const server = await localServer(openAi)
    servers.push(server)
    const specs = [
      { model: 'a' },
      { model: 'b' },
      { model: 'a', normalise: false },
      { model: 'a', width: 8 },
      { model: 'a', prefix: 'query: ' },
      { model: 'a', url: server.url.replace('127.0.0.1', 'localhost'), width: 3 },
    ]
    const digests = await Promise.all(
      specs.map(
        async (spec) => (await EndpointEncoder.open({ protocol: 'openai', url: server.url, ...spec })).digest,
      ),
    )
    expect(new Set(digests).size).toBe(specs.length)
    const again = await EndpointEncoder.open({
      protocol: 'openai',
      url: server.url,
      model: 'a',
      rowsTogether: 2,
    })
    expect(again.digest).toBe(digests[0])
  })

  it('sends a prefix before every text', async () => {
    const { server, encoder } = await open(openAi, {
      protocol: 'openai',
      model: 'm',
      width: 3,
      prefix: 'query: ',
    })
    await encoder.embed(['a'])
    expect(server.asked.map(({ body }) => body.input)).toEqual([['query: a']])
  })

  it('takes no answer that is not what was asked for', async () => {
    const wrong: [string, unknown, RegExp][] = [
      ['no list', { data: null }, /holds no list of rows/],
      [
        'too few',
        { data: [{ index: 0, embedding: [1, 2, 3] }] },
        /another number of rows.*expected 2 \(found: 1\)/,
      ],
      ['twice', { data: [0, 0].map((index) => ({ index, embedding: [1, 2, 3] })) }, /indices of the answer/],
      ['beyond', { data: [0, 2].map((index) => ({ index, embedding: [1, 2, 3] })) }, /indices of the answer/],
      [
        'narrow',
        { data: [0, 1].map((index) => ({ index, embedding: [1, 2] })) },
        /another width; expected 3/,
      ],
      ['null', { data: [0, 1].map((index) => ({ index, embedding: [1, null, 3] })) }, /what is not a number/],
      [
        'NaN',
        { data: [0, 1].map((index) => ({ index, embedding: base64Of([1, Number.NaN, 3]) })) },
        /not a number/,
      ],
      ['torn', { data: [0, 1].map((index) => ({ index, embedding: 'AAAA' })) }, /holds no numbers/],
      ['a word', { data: ['a', 'b'] }, /row 0 of the answer is not an object/],
    ]
    for (const [name, answer, message] of wrong) {
      const { encoder } = await open(() => answer, { protocol: 'openai', model: 'm', width: 3 })
      await expect(encoder.embed(['a', 'b']), name).rejects.toThrow(message)
    }
    const short = await open(() => [[1, 2, 3]], { protocol: 'tei', width: 3 })
    await expect(short.encoder.embed(['a', 'b'])).rejects.toThrow(/another number of rows/)
  })

  it('asks which model when the server has several', async () => {
    const two = await localServer(() => ({ data: [{ id: 'a' }, { id: 'b' }] }))
    servers.push(two)
    await expect(EndpointEncoder.open({ protocol: 'vllm', url: two.url })).rejects.toThrow(
      /exactly one model .*Name one/,
    )
  })
})
