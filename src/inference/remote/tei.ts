/** Hugging Face's text-embeddings-inference: `/info`, `/embed` and `/predict`. */
import { GuerdonError } from '../../records/error.ts'
import type { AnswerPlace } from './answer-rows.ts'
import type { Endpoint } from './endpoint.ts'

/** What a server takes in one request unless it says otherwise. */
const DEFAULT_BATCH = 32

export interface TeiInfo {
  /** most texts in one request */
  readonly batch: number
  /** name and revision of the model; undefined where the server does not say */
  readonly model: string | undefined
  readonly revision: string | undefined
}

/** `GET /info`; a server that has none, such as one behind a gateway, is taken for one with the default limit. */
export async function teiInfo(endpoint: Endpoint): Promise<TeiInfo> {
  let answer: Record<string, unknown> = {}
  try {
    answer = ((await endpoint.get('/info')) ?? {}) as Record<string, unknown>
  } catch (error) {
    if (!(error instanceof GuerdonError) || !/answered 40[45]/.test(error.message)) throw error
  }
  const { max_client_batch_size: batch, model_id: model, model_sha: revision } = answer
  return {
    batch: typeof batch === 'number' && batch >= 1 ? Math.floor(batch) : DEFAULT_BATCH,
    model: typeof model === 'string' ? model : undefined,
    revision: typeof revision === 'string' ? revision : undefined,
  }
}

/** A list with one entry a text; this protocol numbers nothing. */
function rowsOf(answer: unknown, rows: number, { endpoint, path }: AnswerPlace): unknown[] {
  if (Array.isArray(answer) && answer.length === rows) return answer
  throw endpoint.failure(path, 'the answer has another number of rows than there were texts', {
    found: Array.isArray(answer) ? answer.length : answer,
    expected: String(rows),
  })
}

/** `POST /embed`: embeddings in the order of the texts; long texts are cut by the server. */
export async function teiEmbed(
  endpoint: Endpoint,
  inputs: readonly string[],
  normalize: boolean,
  abort?: AbortSignal,
): Promise<unknown[]> {
  const path = '/embed'
  return rowsOf(await endpoint.post(path, { inputs, normalize, truncate: true }, abort), inputs.length, {
    endpoint,
    path,
  })
}

export interface TeiLabel {
  readonly label: string
  readonly score: number
}

/**
 * `POST /predict`: for each text, or each pair of texts, the score of every label before an activation.
 *
 * @param inputs texts that belong together in one list each: a flat list of two texts would be a pair
 * @param truncate the side on which long texts are cut; without it the server refuses them
 */
export async function teiPredict(
  endpoint: Endpoint,
  inputs: readonly (readonly string[])[],
  truncate: 'left' | 'right' | undefined,
  abort?: AbortSignal,
): Promise<TeiLabel[][]> {
  const path = '/predict'
  const cut =
    truncate === undefined
      ? { truncate: false }
      : { truncate: true, truncation_direction: truncate === 'left' ? 'Left' : 'Right' }
  const answer = await endpoint.post(path, { inputs, raw_scores: true, ...cut }, abort)
  return rowsOf(answer, inputs.length, { endpoint, path }).map((row) => {
    const labels = Array.isArray(row) ? (row as unknown[]) : []
    for (const entry of labels.length > 0 ? labels : [undefined]) {
      const { label, score } = (entry ?? {}) as Partial<TeiLabel>
      if (typeof label !== 'string' || typeof score !== 'number' || !Number.isFinite(score))
        throw endpoint.failure(path, 'a row of the answer holds no labels with scores', { found: row })
    }
    return labels as TeiLabel[]
  })
}
