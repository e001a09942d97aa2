/** Process reward models of a vLLM server: one score for each step of a text. */
import type { ScoreOptions } from '../text-scorer.ts'
import { rowNumbers } from './answer-rows.ts'
import { Endpoint, type EndpointOptions } from './endpoint.ts'
import { inRequests } from './in-requests.ts'
import { servedModel } from './served-model.ts'
import { vllmPooling } from './vllm.ts'

export interface StepScoresSpec extends EndpointOptions {
  /** which of the numbers of a step is its score; default: the last, which is the label “good” of two */
  readonly label?: number | undefined
}

/** Scores of steps, ragged: text i has those from `offsets[i]` to `offsets[i + 1]`. */
export interface StepScores {
  readonly offsets: Int32Array
  readonly values: Float64Array
}

/**
 * Scores the steps of texts by `POST /pooling` with the task `token_classify`. Where a step ends, in the text and to the
 * server (STEP pooling), is the business of who wrote the text and started the server.
 *
 * @throws GuerdonError ENDPOINT_FAILED, also when a step has no such number, RUN_CANCELLED
 */
export async function scoreStepsRemotely(
  texts: readonly string[],
  spec: StepScoresSpec,
  options: ScoreOptions = {},
): Promise<StepScores> {
  const endpoint = new Endpoint(spec)
  const place = { endpoint, path: '/pooling' }
  const model = spec.model ?? (await servedModel(endpoint))
  const rows = new Array<number[]>(texts.length)
  const { rowsTogether, requestsTogether } = endpoint
  await inRequests(
    texts.length,
    { ...options, rowsTogether, requestsTogether },
    async (start, end, abort) => {
      const answers = await vllmPooling(endpoint, model, texts.slice(start, end), 'token_classify', {}, abort)
      for (const [index, steps] of answers.entries()) {
        if (!Array.isArray(steps)) {
          throw endpoint.failure(place.path, 'the answer holds no steps of a text', { found: steps })
        }
        rows[start + index] = steps.map((step: unknown) => {
          // A model of one label may give a number a step instead of a row with one.
          const numbers = rowNumbers(Array.isArray(step) ? step : [step], place)
          const label = spec.label ?? numbers.length - 1
          if (label < numbers.length) return numbers[label]!
          throw endpoint.failure(place.path, 'a step has no such label', { found: label })
        })
      }
    },
  )
  const offsets = new Int32Array(texts.length + 1)
  for (const [row, steps] of rows.entries()) offsets[row + 1] = offsets[row]! + steps.length
  return { offsets, values: Float64Array.from(rows.flat()) }
}
