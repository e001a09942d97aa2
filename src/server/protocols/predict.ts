/** text-embeddings-inference's `/predict` and `/info`: the reward as a classifier with one label. */
import { z } from 'zod'
import { GuerdonError } from '../../records/error.ts'
import type { Call, Reply, Route } from '../route.ts'
import { parseBody } from './parse-body.ts'
import { chatRow, rewardValues, teiError } from './reward-model.ts'
import type { PlainRow } from './wire-text.ts'

const requestSchema = z.looseObject({
  inputs: z
    .union([z.string(), z.array(z.union([z.string(), z.array(z.string()).min(1).max(2)]))])
    .describe('a text, a pair of prompt and answer as a flat list of two, or a list of lists of one or two'),
  raw_scores: z
    .boolean()
    .nullish()
    .describe('false, the default, squeezes the reward into (0, 1) by a sigmoid'),
})

const prediction = z.array(z.object({ score: z.number(), label: z.string() }))

interface Inputs {
  readonly rows: readonly PlainRow[]
  readonly single: boolean
}

function rowOf(texts: readonly string[]): PlainRow {
  return texts.length === 2 ? { prompt: texts[0]!, completion: texts[1]! } : chatRow(texts[0]!)
}

/** A flat list of two strings is one pair and never two texts. @throws GuerdonError DATA_FIELD_INVALID */
function inputsOf(inputs: z.output<typeof requestSchema>['inputs']): Inputs {
  if (typeof inputs === 'string') return { rows: [chatRow(inputs)], single: true }
  const texts = inputs.filter((entry) => typeof entry === 'string')
  if (texts.length === 0) return { rows: (inputs as string[][]).map(rowOf), single: false }
  if (texts.length < inputs.length || texts.length > 2) {
    throw new GuerdonError('DATA_FIELD_INVALID', 'mixes forms or is a flat list of more than two texts', {
      where: { field: 'inputs' },
      found: `${inputs.length} entries`,
      expected: 'every text of a batch in a list of its own; a flat list of two texts is one pair',
    })
  }
  return { rows: [rowOf(texts)], single: true }
}

async function predict(body: unknown, call: Call): Promise<Reply> {
  const request = parseBody(requestSchema, body)
  const { rows, single } = inputsOf(request.inputs)
  const { values } = await rewardValues(call, 'predict', rows, request.raw_scores !== true)
  const predictions = values.map((score) => [{ score, label: 'LABEL_0' }])
  return { body: single ? predictions[0] : predictions }
}

/** More rows than any client sends at a time; the limit that counts is the body's size. */
const clientBatch = 1024

async function info(_body: unknown, call: Call): Promise<Reply> {
  const { reward } = call.service
  return {
    body: {
      model_id: reward.name,
      model_sha: reward.plan.digest,
      model_dtype: 'float64',
      model_type: { classifier: { id2label: { '0': 'LABEL_0' }, label2id: { LABEL_0: 0 } } },
      max_concurrent_requests: clientBatch,
      max_client_batch_size: clientBatch,
      auto_truncate: false,
    },
  }
}

export const predictRoutes: readonly Route[] = [
  {
    method: 'post',
    path: '/predict',
    protocol: 'predict',
    summary: 'TEI predict: the reward of each text or pair as the score of one label.',
    request: requestSchema,
    response: z.union([prediction, z.array(prediction)]),
    errorBody: teiError,
    handle: predict,
  },
  {
    method: 'get',
    path: '/info',
    protocol: 'predict',
    summary: 'TEI info: what is served and how many texts a request may hold.',
    response: z.looseObject({ model_id: z.string(), model_sha: z.string(), max_client_batch_size: z.int() }),
    errorBody: teiError,
    handle: info,
  },
]
