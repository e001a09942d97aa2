/** The fourteen error fields of an OpenAI grader's run, and the failures that set them. */
import { z } from 'zod'

export const graderErrorsSchema = z.object({
  formula_parse_error: z.boolean(),
  sample_parse_error: z.boolean(),
  truncated_observation_error: z.boolean(),
  unresponsive_reward_error: z.boolean(),
  invalid_variable_error: z.boolean(),
  other_error: z.boolean(),
  python_grader_server_error: z.boolean(),
  python_grader_server_error_type: z.string().nullable(),
  python_grader_runtime_error: z.boolean(),
  python_grader_runtime_error_details: z.string().nullable(),
  model_grader_server_error: z.boolean(),
  model_grader_refusal_error: z.boolean(),
  model_grader_parse_error: z.boolean(),
  model_grader_server_error_details: z.string().nullable(),
})

export type GraderErrors = z.output<typeof graderErrorsSchema>

export function noGraderErrors(): GraderErrors {
  return {
    formula_parse_error: false,
    sample_parse_error: false,
    truncated_observation_error: false,
    unresponsive_reward_error: false,
    invalid_variable_error: false,
    other_error: false,
    python_grader_server_error: false,
    python_grader_server_error_type: null,
    python_grader_runtime_error: false,
    python_grader_runtime_error_details: null,
    model_grader_server_error: false,
    model_grader_refusal_error: false,
    model_grader_parse_error: false,
    model_grader_server_error_details: null,
  }
}

/** A grader that could not grade: which of the error fields say so. */
export class GraderFailure extends Error {
  readonly errors: Partial<GraderErrors>

  constructor(message: string, errors: Partial<GraderErrors>) {
    super(message)
    this.name = 'GraderFailure'
    this.errors = errors
  }
}
