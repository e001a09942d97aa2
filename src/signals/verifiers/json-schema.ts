/**
 * Whether the JSON a completion ends with satisfies a schema. Range {0, 1}; with `partial` [0, 1]. Use it for tool
 * calls and structured output.
 */
import { z } from 'zod'
import { defineSignal } from '../../kinds/signal.ts'
import { createColumn, invalidate } from '../../records/column.ts'
import { GuerdonError, messageOf } from '../../records/error.ts'
import { extractJson } from './extract-json.ts'

export type JsonSchema = Readonly<Record<string, unknown>>

export interface SchemaVerdict {
  readonly valid: boolean
  /** share of the schema's required properties that are present and without an error; 1 or 0 when it requires none */
  readonly partial: number
  readonly errors: readonly string[]
}

export type SchemaCheck = (value: unknown) => SchemaVerdict

/** The name after the first slash of a JSON pointer, unescaped. */
function firstName(pointer: string): string {
  const end = pointer.indexOf('/', 1)
  return pointer
    .slice(1, end === -1 ? undefined : end)
    .replaceAll('~1', '/')
    .replaceAll('~0', '~')
}

function requiredShare(schema: JsonSchema, value: unknown, wrong: ReadonlySet<string>): number | undefined {
  const { required } = schema
  if (!Array.isArray(required) || required.length === 0) return undefined
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return 0
  const right = required.filter((name) => Object.hasOwn(value, name) && !wrong.has(name))
  return right.length / required.length
}

/**
 * Compiles a JSON Schema (draft 2020-12; formats are not checked, unknown keywords are ignored).
 * The validator is loaded when it is first needed.
 * @throws GuerdonError PARAMETER_INVALID for a schema that is none or points outside itself
 */
export async function compileSchema(schema: JsonSchema): Promise<SchemaCheck> {
  const { Ajv2020 } = await import('ajv/dist/2020.js')
  const ajv = new Ajv2020({
    strict: false,
    validateFormats: false,
    allErrors: true,
    ownProperties: true,
    logger: false,
  })
  let validate: ReturnType<typeof ajv.compile>
  try {
    validate = ajv.compile(schema)
  } catch (thrown) {
    throw new GuerdonError('PARAMETER_INVALID', `is not a usable JSON Schema: ${messageOf(thrown)}`, {
      where: { field: 'json-schema.schema' },
      cause: thrown,
    })
  }
  return (value) => {
    const valid = validate(value) === true
    if (valid) return { valid, partial: 1, errors: [] }
    const errors = validate.errors ?? []
    const wrong = new Set(errors.map((error) => firstName(error.instancePath)))
    return {
      valid,
      partial: requiredShare(schema, value, wrong) ?? 0,
      errors: errors.map(
        (error) => `${error.instancePath || 'the document'} ${error.message ?? error.keyword}`,
      ),
    }
  }
}

export const jsonSchema = defineSignal({
  name: 'json-schema',
  summary: 'Whether the last JSON object or array of the completion satisfies a JSON Schema.',
  paper: { slug: '00-verifiers', title: 'Rule-based rewards', source: 'Method D' },
  range: '[0, 1]',
  grain: 'rollout',
  aliases: ['json', 'structured output', 'tool call format', 'ajv'],
  parameters: z.object({
    schema: z
      .record(z.string(), z.unknown())
      .describe('JSON Schema, draft 2020-12, without references to other files'),
    partial: z
      .boolean()
      .default(false)
      .describe('give the share of required properties that are present and valid instead of 0'),
  }),
  examples: [
    {
      title: 'valid, of the wrong type, and no JSON',
      parameters: {
        schema: { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] },
      },
      input: {
        rollouts: [
          { completion: 'Here: {"a": 1}' },
          { completion: '{"a": "1"}' },
          { completion: "{'a': 1}" },
        ],
      },
      result: [1, 0, 0],
    },
    {
      title: 'half of the required properties',
      parameters: {
        schema: {
          type: 'object',
          properties: { a: { type: 'integer' }, b: { type: 'string' } },
          required: ['a', 'b'],
        },
        partial: true,
      },
      input: { rollouts: [{ completion: '{"a": 1, "b": 2}' }] },
      result: [0.5],
    },
  ],
  async score(batch, { schema, partial }, context) {
    const check = await compileSchema(schema)
    const column = createColumn(batch.size)
    if (context.evidence) column.evidence = []
    for (let row = 0; row < batch.size; row++) {
      const found = extractJson(batch.completions[row]!)
      if (found === undefined) {
        if (context.evidence) column.evidence![row] = { errors: ['no complete JSON object or array'] }
        continue
      }
      try {
        const verdict = check(found.value)
        column.values[row] = partial ? verdict.partial : verdict.valid ? 1 : 0
        if (context.evidence) column.evidence![row] = { json: found.value, errors: verdict.errors }
      } catch (thrown) {
        // A document nested beyond the stack, met by a recursive schema.
        invalidate(column, row, `the document could not be checked: ${messageOf(thrown)}`)
      }
    }
    return column
  },
})
