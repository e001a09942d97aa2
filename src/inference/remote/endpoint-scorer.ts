/** Reward models that a server runs: vLLM, SGLang or text-embeddings-inference. */
import { createHash } from 'node:crypto'
import { GuerdonError } from '../../records/error.ts'
import type { EndpointScorerSpec, ScoreOptions, TextScorer } from '../text-scorer.ts'
import { type AnswerPlace, rowNumbers } from './answer-rows.ts'
import { Endpoint, type EndpointOptions } from './endpoint.ts'
import { inRequests } from './in-requests.ts'
import { askEmbeddings, EMBEDDINGS_PATH } from './openai-embeddings.ts'
import { servedModel } from './served-model.ts'
import { sglangClassify } from './sglang.ts'
import { type TeiLabel, teiInfo, teiPredict } from './tei.ts'
import { vllmClassify, vllmPooling, vllmScore } from './vllm.ts'

type Spec = Omit<EndpointScorerSpec, 'use'>

/** Routes of each protocol, its default first. */
const ROUTES = {
  vllm: ['classify', 'pooling'],
  sglang: ['classify', 'embeddings'],
  tei: ['predict'],
} as const

/** What a protocol does with a run of texts, or of pairs. */
interface Asking {
  readonly path: string
  readonly rowsTogether: number
  /** what decides a score besides the spec: model names and revisions */
  readonly served: unknown
  texts(texts: readonly string[], abort: AbortSignal): Promise<number[]>
  pairs?(firsts: readonly string[], seconds: readonly string[], abort: AbortSignal): Promise<number[]>
}

export class EndpointScorer implements TextScorer {
  readonly name = 'endpoint'
  readonly digest: string
  readonly scorePairs?: NonNullable<TextScorer['scorePairs']>
  readonly #endpoint: Endpoint
  readonly #asking: Asking

  private constructor(spec: Spec, endpoint: Endpoint, asking: Asking) {
    this.#endpoint = endpoint
    this.#asking = asking
    const { protocol, url, label, truncate, extra } = spec
    const decides = ['scorer', protocol, url, asking.path, asking.served, label, truncate, extra]
    this.digest = createHash('sha256').update(JSON.stringify(decides)).digest('hex')
    const { pairs } = asking
    if (pairs !== undefined) {
      this.scorePairs = (firsts, seconds, options = {}) => {
        if (firsts.length !== seconds.length) {
          throw new GuerdonError('ARGUMENT_INVALID', 'pairs need as many first texts as second ones', {
            found: [firsts.length, seconds.length],
          })
        }
        return this.#score(firsts.length, options, (start, end, abort) =>
          pairs(firsts.slice(start, end), seconds.slice(start, end), abort),
        )
      }
    }
  }

  /**
   * Asks the server for its model where the spec does not name it, and for its limits.
   * @throws GuerdonError ENDPOINT_FAILED, ARGUMENT_INVALID for a route that the protocol does not have
   */
  static async open(spec: Spec & Pick<EndpointOptions, 'pauseMilliseconds'>): Promise<EndpointScorer> {
    const routes: readonly string[] = ROUTES[spec.protocol]
    const route = spec.route ?? routes[0]!
    if (!routes.includes(route)) {
      throw new GuerdonError('ARGUMENT_INVALID', `${spec.protocol} has no such route`, {
        where: { field: 'route' },
        found: route,
        expected: routes.join(' or '),
      })
    }
    const endpoint = new Endpoint(spec)
    const asking =
      spec.protocol === 'tei'
        ? await teiAsking(endpoint, spec)
        : spec.protocol === 'vllm'
          ? await vllmAsking(endpoint, spec, route)
          : await sglangAsking(endpoint, spec, route)
    return new EndpointScorer(spec, endpoint, asking)
  }

  scoreTexts(texts: readonly string[], options: ScoreOptions = {}): Promise<Float64Array> {
    return this.#score(texts.length, options, (start, end, abort) =>
      this.#asking.texts(texts.slice(start, end), abort),
    )
  }

  async close(): Promise<void> {}

  async #score(
    rows: number,
    options: ScoreOptions,
    ask: (start: number, end: number, abort: AbortSignal) => Promise<number[]>,
  ): Promise<Float64Array> {
    const scores = new Float64Array(rows)
    const { rowsTogether } = this.#asking
    const limits = { ...options, rowsTogether, requestsTogether: this.#endpoint.requestsTogether }
    await inRequests(rows, limits, async (start, end, abort) => {
      scores.set(await ask(start, end, abort), start)
    })
    return scores
  }
}

/** The number that the spec's label names; a model with one number needs no label. */
function picked(row: unknown, label: number | string | undefined, place: AnswerPlace): number {
  const numbers = rowNumbers(row, place)
  if (typeof label === 'number' && label < numbers.length) return numbers[label]!
  if (label === undefined && numbers.length === 1) return numbers[0]!
  throw place.endpoint.failure(place.path, 'the model gives several numbers, and none of them is chosen', {
    found: label === undefined ? `${numbers.length} numbers` : label,
    expected: `label: a number from 0 to ${numbers.length - 1}`,
  })
}

function single(score: unknown, place: AnswerPlace): number {
  return rowNumbers([score], place)[0]!
}

async function vllmAsking(endpoint: Endpoint, spec: Spec, route: string): Promise<Asking> {
  const model = spec.model ?? (await servedModel(endpoint))
  const cut =
    spec.truncate === undefined ? {} : { truncate_prompt_tokens: -1, truncation_side: spec.truncate }
  const extra = { ...cut, ...spec.extra }
  const path = `/${route}`
  const place = { endpoint, path }
  return {
    path,
    served: model,
    rowsTogether: endpoint.rowsTogether,
    texts: async (texts, abort) =>
      (route === 'pooling'
        ? await vllmPooling(endpoint, model, texts, 'classify', extra, abort)
        : await vllmClassify(endpoint, model, texts, extra, abort)
      ).map((row) => picked(row, spec.label, place)),
    pairs: async (firsts, seconds, abort) =>
      (await vllmScore(endpoint, model, firsts, seconds, extra, abort)).map((score) =>
        single(score, { endpoint, path: '/score' }),
      ),
  }
}

async function sglangAsking(endpoint: Endpoint, spec: Spec, route: string): Promise<Asking> {
  const model = spec.model ?? (await servedModel(endpoint))
  const path = route === 'embeddings' ? EMBEDDINGS_PATH : '/classify'
  const place = { endpoint, path }
  return {
    path,
    served: model,
    rowsTogether: endpoint.rowsTogether,
    texts: async (texts, abort) =>
      (route === 'embeddings'
        ? await askEmbeddings(endpoint, { model, input: texts }, abort)
        : await sglangClassify(endpoint, model, texts, abort)
      ).map((row) => picked(row, spec.label, place)),
  }
}

async function teiAsking(endpoint: Endpoint, spec: Spec): Promise<Asking> {
  const info = await teiInfo(endpoint)
  const path = '/predict'
  const choose = (labels: readonly TeiLabel[]) => {
    // Labels come sorted by their scores, so that a number names one only through the names that models without any get.
    const name = typeof spec.label === 'number' ? `LABEL_${spec.label}` : spec.label
    const found =
      name === undefined
        ? labels.length === 1
          ? labels[0]
          : undefined
        : labels.find(({ label }) => label === name)
    if (found !== undefined) return found.score
    throw endpoint.failure(path, 'the model gives several labels, and none of them is chosen', {
      found: spec.label ?? labels.map(({ label }) => label).sort(),
      expected: `label: one of ${labels
        .map(({ label }) => label)
        .sort()
        .join(', ')}`,
    })
  }
  const ask = async (inputs: readonly (readonly string[])[], abort: AbortSignal) =>
    (await teiPredict(endpoint, inputs, spec.truncate, abort)).map(choose)
  return {
    path,
    served: [info.model, info.revision],
    rowsTogether: Math.min(endpoint.rowsTogether, info.batch),
    texts: (texts, abort) =>
      ask(
        texts.map((text) => [text]),
        abort,
      ),
    pairs: (firsts, seconds, abort) =>
      ask(
        firsts.map((first, index) => [first, seconds[index]!]),
        abort,
      ),
  }
}
