/** Embeddings of a server: an OpenAI-compatible one, vLLM, SGLang or text-embeddings-inference. */
import { createHash } from 'node:crypto'
import type { EmbedOptions, Encoder, EndpointEncoderSpec } from '../encoder.ts'
import { normaliseRows } from '../pool-tokens.ts'
import { type AnswerPlace, copyRows, rowNumbers } from './answer-rows.ts'
import { Endpoint, type EndpointOptions } from './endpoint.ts'
import { inRequests } from './in-requests.ts'
import { askEmbeddings, EMBEDDINGS_PATH } from './openai-embeddings.ts'
import { servedModel } from './served-model.ts'
import { teiEmbed, teiInfo } from './tei.ts'

type Spec = Omit<EndpointEncoderSpec, 'use'>
type Ask = (texts: readonly string[], abort?: AbortSignal) => Promise<unknown[]>

export class EndpointEncoder implements Encoder {
  readonly name = 'endpoint'
  readonly width: number
  readonly digest: string
  readonly #place: AnswerPlace
  readonly #ask: Ask
  readonly #rowsTogether: number
  readonly #normalise: boolean
  readonly #prefix: string

  private constructor(
    spec: Spec,
    place: AnswerPlace,
    ask: Ask,
    width: number,
    rowsTogether: number,
    served: unknown,
  ) {
    this.#place = place
    this.#ask = ask
    this.width = width
    this.#rowsTogether = rowsTogether
    this.#normalise = spec.normalise ?? true
    this.#prefix = spec.prefix ?? ''
    const { protocol, url, dimensions, maxTokens } = spec
    const decides = [protocol, url, served, width, dimensions, maxTokens, this.#normalise, this.#prefix]
    this.digest = createHash('sha256')
      .update(JSON.stringify(['endpoint', ...decides]))
      .digest('hex')
  }

  /**
   * Asks the server for its model and the width of an embedding, as far as the spec does not say them.
   * @throws GuerdonError ENDPOINT_FAILED, ARGUMENT_INVALID (key)
   */
  static async open(spec: Spec & Pick<EndpointOptions, 'pauseMilliseconds'>): Promise<EndpointEncoder> {
    const endpoint = new Endpoint(spec)
    let { rowsTogether } = endpoint
    let ask: Ask
    let served: unknown
    let path: string
    if (spec.protocol === 'tei') {
      const info = await teiInfo(endpoint)
      rowsTogether = Math.min(rowsTogether, info.batch)
      served = [info.model, info.revision]
      path = '/embed'
      ask = (texts, abort) => teiEmbed(endpoint, texts, spec.normalise ?? true, abort)
    } else {
      const model = spec.model ?? (await servedModel(endpoint))
      served = model
      path = EMBEDDINGS_PATH
      const { dimensions, protocol } = spec
      const fields = {
        model,
        // SGLang writes no base64.
        ...(protocol === 'sglang' ? {} : { encoding_format: 'base64' as const }),
        ...(dimensions === undefined ? {} : { dimensions }),
        ...(protocol === 'vllm' ? { truncate_prompt_tokens: spec.maxTokens ?? -1 } : {}),
      }
      ask = (input, abort) => askEmbeddings(endpoint, { ...fields, input }, abort)
    }
    const place = { endpoint, path }
    const width = spec.width ?? rowNumbers((await ask([`${spec.prefix ?? ''}a`]))[0], place).length
    return new EndpointEncoder(spec, place, ask, width, rowsTogether, served)
  }

  async embed(texts: readonly string[], options: EmbedOptions = {}): Promise<Float32Array> {
    const embeddings = new Float32Array(texts.length * this.width)
    const limits = {
      ...options,
      rowsTogether: this.#rowsTogether,
      requestsTogether: this.#place.endpoint.requestsTogether,
    }
    await inRequests(texts.length, limits, async (start, end, abort) => {
      const asked = texts.slice(start, end).map((text) => this.#prefix + text)
      copyRows(await this.#ask(asked, abort), embeddings, start, this.width, this.#place)
    })
    if (this.#normalise) normaliseRows(embeddings, this.width)
    return embeddings
  }

  async close(): Promise<void> {}
}
