/** OpenAI graders: their schema, and what each gives for a sample and an item. */
import { z } from 'zod'
import { GuerdonError, messageOf } from '../../records/error.ts'
import { GraderFailure } from './grader-failure.ts'
import { parseFormula } from './grader-formula.ts'
import { fillTemplate, type GraderInput } from './grader-template.ts'
import type { Sandboxes } from './sandboxes.ts'
import { SIMILARITY_METRICS, textSimilarity } from './text-similarity.ts'

const name = z.string().describe('name of the grader')

const stringCheck = z.looseObject({
  type: z.literal('string_check'),
  name,
  input: z.string(),
  reference: z.string(),
  operation: z.enum(['eq', 'ne', 'like', 'ilike']),
})
const similarity = z.looseObject({
  type: z.literal('text_similarity'),
  name,
  input: z.string(),
  reference: z.string(),
  evaluation_metric: z.enum(SIMILARITY_METRICS),
})
const python = z.looseObject({
  type: z.literal('python'),
  name,
  source: z.string().describe('defines grade(sample, item) and returns a number'),
})
const single = z.discriminatedUnion('type', [stringCheck, similarity, python])
const multi = z.looseObject({
  type: z.literal('multi'),
  name,
  graders: z.record(z.string(), single).describe('name in the formula → grader'),
  calculate_output: z.string().describe('formula over the names'),
})

export const graderSchema = z.discriminatedUnion('type', [stringCheck, similarity, python, multi])
export type Grader = z.output<typeof graderSchema>
type SingleGrader = z.output<typeof single>

const modelGraders = ['score_model', 'label_model']

/**
 * Refuses graders that ask a model, which no part of this server does, with a sentence that says so.
 * @throws GuerdonError DATA_FIELD_INVALID
 */
export function refuseModelGraders(grader: unknown, field = 'grader'): void {
  if (grader === null || typeof grader !== 'object') return
  const { type, graders } = grader as { readonly type?: unknown; readonly graders?: unknown }
  if (typeof type === 'string' && modelGraders.includes(type)) {
    throw new GuerdonError('DATA_FIELD_INVALID', 'asks a model, and no judge endpoint is configured', {
      where: { field: `${field}.type` },
      found: type,
      expected: 'string_check, text_similarity, python or multi',
    })
  }
  if (type !== 'multi' || graders === null || typeof graders !== 'object') return
  for (const [key, inner] of Object.entries(graders)) {
    // A multi grader holds no other, so there is no deeper level to look into.
    if ((inner as { readonly type?: unknown } | null)?.type !== 'multi')
      refuseModelGraders(inner, `${field}.graders.${key}`)
  }
}

export interface GraderContext {
  readonly sandboxes: Sandboxes
  readonly abort: AbortSignal
}

const pythonSeconds = 30
const pythonMegabytes = 256

/** The number a grader gives; a multi grader fills `scores` on the way. @throws GraderFailure when it cannot grade */
export async function runGrader(
  grader: Grader,
  input: GraderInput,
  context: GraderContext,
  scores: Map<string, number>,
): Promise<number> {
  if (grader.type !== 'multi') return runSingle(grader, input, context)
  const formula = parseFormula(grader.calculate_output)
  for (const [key, inner] of Object.entries(grader.graders))
    scores.set(key, await runSingle(inner, input, context))
  return formula(scores)
}

async function runSingle(grader: SingleGrader, input: GraderInput, context: GraderContext): Promise<number> {
  if (grader.type === 'python') return runPython(grader.source, input, context)
  const text = fillTemplate(grader.input, input)
  const reference = fillTemplate(grader.reference, input)
  return grader.type === 'string_check'
    ? Number(stringCheckHolds(grader.operation, text, reference))
    : textSimilarity(grader.evaluation_metric, text, reference)
}

/** eq and ne compare whole texts, like looks for the reference in the text, ilike without regard to case. */
function stringCheckHolds(
  operation: 'eq' | 'ne' | 'like' | 'ilike',
  text: string,
  reference: string,
): boolean {
  if (operation === 'eq') return text === reference
  if (operation === 'ne') return text !== reference
  if (operation === 'like') return text.includes(reference)
  return text.toLowerCase().includes(reference.toLowerCase())
}

async function runPython(
  source: string,
  { sample, item }: GraderInput,
  { sandboxes, abort }: GraderContext,
): Promise<number> {
  const call = { name: 'grade', arguments: JSON.stringify([sample, item]) }
  const outcome = await sandboxes
    .pool('python', pythonMegabytes)
    .then((pool) => pool.run({ source, call }, pythonSeconds * 1000, abort))
    .catch((thrown: unknown) => {
      if (!(thrown instanceof GuerdonError) || thrown.code === 'RUN_CANCELLED') throw thrown
      throw new GraderFailure(thrown.message, {
        python_grader_server_error: true,
        python_grader_server_error_type: thrown.code,
      })
    })
  const { end, reason, result } = outcome
  if (end === 'crash') {
    throw new GraderFailure(reason ?? end, {
      python_grader_server_error: true,
      python_grader_server_error_type: end,
    })
  }
  if (end !== 'finished') {
    throw new GraderFailure(reason ?? end, {
      python_grader_runtime_error: true,
      python_grader_runtime_error_details: reason ?? end,
      unresponsive_reward_error: end === 'time-limit',
    })
  }
  return gradeOf(result)
}

/** Python's True and False count as 1 and 0, as they do there. */
function gradeOf(result: string | undefined): number {
  let value: unknown
  let why = 'grade returned no number'
  try {
    value = JSON.parse(result ?? 'null')
  } catch (thrown) {
    why = messageOf(thrown)
  }
  if (typeof value === 'boolean') return Number(value)
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw new GraderFailure(why, {
    python_grader_runtime_error: true,
    python_grader_runtime_error_details: why,
  })
}
