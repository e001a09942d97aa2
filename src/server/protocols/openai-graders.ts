/**
 * OpenAI's grader endpoints. A grader comes with the request, so the served reward has no part in it. A grader that
 * could not grade answers, as the protocol wants it, reward 0 with the error fields that say why.
 */
import { z } from 'zod'
import { GuerdonError } from '../../records/error.ts'
import type { Call, Reply, Route } from '../route.ts'
import { type GraderErrors, GraderFailure, graderErrorsSchema, noGraderErrors } from './grader-failure.ts'
import { parseFormula } from './grader-formula.ts'
import { graderSchema, refuseModelGraders, runGrader } from './grader-run.ts'
import { graderInput } from './grader-template.ts'
import { parseBody } from './parse-body.ts'
import type { Sandboxes } from './sandboxes.ts'

const runSchema = z.looseObject({
  grader: graderSchema,
  model_sample: z.string().describe('the text to grade; JSON in it is read as sample.output_json'),
  item: z.record(z.string(), z.unknown()).nullish().describe('the data row'),
})
const validateSchema = z.looseObject({ grader: graderSchema })

const scoresSchema = z.record(z.string(), z.number())
const runResponse = z.object({
  reward: z.number().describe('0 when an error field is set'),
  metadata: z.object({
    name: z.string(),
    type: z.string(),
    errors: graderErrorsSchema,
    execution_time: z.number().describe('seconds'),
    scores: scoresSchema,
    token_usage: z.null(),
    sampled_model_name: z.null(),
  }),
  sub_rewards: scoresSchema,
  model_grader_token_usage_per_model: z.object({}),
})

function graderOf(body: unknown): void {
  if (body !== null && typeof body === 'object') refuseModelGraders((body as { grader?: unknown }).grader)
}

async function run(body: unknown, call: Call, sandboxes: Sandboxes): Promise<Reply> {
  graderOf(body)
  const { grader, model_sample, item } = parseBody(runSchema, body)
  const started = performance.now()
  const scores = new Map<string, number>()
  let reward = 0
  let errors: GraderErrors = noGraderErrors()
  try {
    const context = { sandboxes, abort: call.abort }
    reward = await runGrader(grader, graderInput(model_sample, item ?? {}), context, scores)
  } catch (thrown) {
    if (!(thrown instanceof GraderFailure)) throw thrown
    errors = { ...errors, ...thrown.errors }
  }
  const subRewards = Object.fromEntries(scores)
  return {
    body: {
      reward,
      metadata: {
        name: grader.name,
        type: grader.type,
        errors,
        execution_time: (performance.now() - started) / 1000,
        scores: subRewards,
        token_usage: null,
        sampled_model_name: null,
      },
      sub_rewards: subRewards,
      model_grader_token_usage_per_model: {},
    },
  }
}

async function validate(body: unknown): Promise<Reply> {
  graderOf(body)
  const { grader } = parseBody(validateSchema, body)
  if (grader.type === 'multi') checkFormula(grader.calculate_output, Object.keys(grader.graders))
  return { body: { grader } }
}

/** Reads the formula and looks up its names; a value it cannot take (log of 1 − 1) is only known at a run. */
function checkFormula(text: string, names: readonly string[]): void {
  try {
    parseFormula(text)(new Map(names.map((name) => [name, 1])))
  } catch (thrown) {
    if (!(thrown instanceof GraderFailure)) throw thrown
    if (thrown.errors.other_error === true) return
    throw new GuerdonError('DATA_FIELD_INVALID', thrown.message, {
      where: { field: 'grader.calculate_output' },
    })
  }
}

/** OpenAI's form of an error. */
function openaiError(error: GuerdonError): unknown {
  return {
    error: {
      message: error.message,
      type: error.httpStatus < 500 ? 'invalid_request_error' : 'server_error',
      param: error.where.field ?? null,
      code: error.code,
    },
  }
}

const folder = '/v1/fine_tuning/alpha/graders'

export function openaiGradersRoutes(sandboxes: Sandboxes): readonly Route[] {
  return [
    {
      method: 'post',
      path: `${folder}/run`,
      protocol: 'openai-graders',
      summary: 'Runs the grader of the request on a sample.',
      request: runSchema,
      response: runResponse,
      errorBody: openaiError,
      handle: (body, call) => run(body, call, sandboxes),
    },
    {
      method: 'post',
      path: `${folder}/validate`,
      protocol: 'openai-graders',
      summary: 'Checks a grader and its formula.',
      request: validateSchema,
      response: validateSchema,
      errorBody: openaiError,
      handle: validate,
    },
  ]
}
