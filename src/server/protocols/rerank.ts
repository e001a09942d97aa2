/**
 * `/rerank` and `/v1/rerank`: the answers to one prompt, best first. The three servers' forms are told apart by the
 * body: `texts` is text-embeddings-inference, `return_documents` is SGLang, otherwise vLLM.
 */
import { z } from 'zod'
import type { GuerdonError } from '../../records/error.ts'
import type { Call, Reply, Route } from '../route.ts'
import { parseBody } from './parse-body.ts'
import {
  activationFields,
  isActivated,
  modelName,
  modelSchema,
  noUsage,
  rewardValues,
  teiError,
  usageSchema,
  vllmError,
} from './reward-model.ts'

const topN = z.int().min(0).nullish().describe('how many to answer; 0 is all')

const vllmRequest = z.looseObject({
  model: modelSchema,
  query: z.string().describe('the prompt'),
  documents: z.array(z.string()).describe('the answers to it'),
  top_n: topN,
  return_documents: z.boolean().nullish().describe('its presence asks for SGLang’s form'),
  ...activationFields,
})

const teiRequest = z.looseObject({
  query: z.string().describe('the prompt'),
  texts: z.array(z.string()).describe('the answers to it'),
  raw_scores: z
    .boolean()
    .nullish()
    .describe('false, the default, squeezes the reward into (0, 1) by a sigmoid'),
  return_text: z.boolean().nullish(),
})

const vllmResponse = z.object({
  id: z.string(),
  model: z.string(),
  usage: usageSchema,
  results: z.array(
    z.object({ index: z.int(), document: z.object({ text: z.string() }), relevance_score: z.number() }),
  ),
})
const sglangResponse = z.array(
  z.object({
    score: z.number(),
    document: z.string().optional(),
    index: z.int(),
    meta_info: z.object({ id: z.string() }),
  }),
)
const teiResponse = z.array(z.object({ index: z.int(), score: z.number(), text: z.string().optional() }))

interface Ranked {
  readonly batch: string
  /** places in the request, best first; equal scores keep their order */
  readonly order: readonly number[]
  readonly values: readonly number[]
}

async function rank(
  call: Call,
  query: string,
  documents: readonly string[],
  activated: boolean,
): Promise<Ranked> {
  const rows = documents.map((completion) => ({ prompt: query, completion }))
  const { batch, values } = await rewardValues(call, 'rerank', rows, activated)
  const order = values.map((_, index) => index).sort((a, b) => values[b]! - values[a]! || a - b)
  return { batch, order, values }
}

async function documentsRanked(body: unknown, call: Call): Promise<Reply> {
  const request = parseBody(vllmRequest, body)
  const { documents } = request
  const { batch, order, values } = await rank(call, request.query, documents, isActivated(request))
  const shown = request.top_n ? order.slice(0, request.top_n) : order
  const withText = request.return_documents
  if (withText !== undefined) {
    return {
      body: shown.map((index) => ({
        score: values[index]!,
        ...(withText === false ? {} : { document: documents[index]! }),
        index,
        meta_info: { id: `${batch}-${index}` },
      })),
    }
  }
  return {
    body: {
      id: `rerank-${batch}`,
      model: modelName(call, request.model),
      usage: noUsage,
      results: shown.map((index) => ({
        index,
        document: { text: documents[index]! },
        relevance_score: values[index]!,
      })),
    },
  }
}

async function textsRanked(body: unknown, call: Call): Promise<Reply> {
  const { query, texts, raw_scores, return_text } = parseBody(teiRequest, body)
  const { order, values } = await rank(call, query, texts, raw_scores !== true)
  return {
    body: order.map((index) => ({
      index,
      score: values[index]!,
      ...(return_text === true ? { text: texts[index]! } : {}),
    })),
  }
}

function isTei(body: unknown): boolean {
  return body !== null && typeof body === 'object' && Object.hasOwn(body, 'texts')
}

/** Errors do not know the request's form, so both servers' fields are there. */
function rerankError(error: GuerdonError): unknown {
  return {
    ...(vllmError(error) as object),
    error_type: (teiError(error) as { error_type: string }).error_type,
  }
}

export const rerankRoutes: readonly Route[] = ['/rerank', '/v1/rerank'].map((path) => ({
  method: 'post',
  path,
  protocol: 'rerank',
  summary: 'Answers to one prompt by their reward, best first, in the form of vLLM, SGLang or TEI.',
  request: z.union([vllmRequest, teiRequest]),
  response: z.union([vllmResponse, sglangResponse, teiResponse]),
  errorBody: rerankError,
  handle: (body, call) => (isTei(body) ? textsRanked : documentsRanked)(body, call),
}))
