/** The JSON Schema of a training config, made from the schemas that check it: editors complete and underline with it. */
import { z } from 'zod'
import type { Recipe } from './recipe.ts'
import { trainConfigSchema } from './train-config.ts'

type Schema = Record<string, unknown>

function toSchema(schema: z.ZodType): Schema {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema
  return rest
}

/** The JSON Schema (draft 2020-12) of a training config with the given recipes. */
export function trainJsonSchema(recipes: readonly Recipe[]): Schema {
  const config = toSchema(trainConfigSchema)
  const entries = recipes.map(({ name, summary, parameters }) => {
    const own = toSchema(parameters)
    return {
      type: 'object',
      description: summary,
      properties: { use: { const: name }, ...(own.properties as Schema) },
      required: ['use', ...((own.required as string[]) ?? [])],
      additionalProperties: false,
    }
  })
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'https://guerdon.dev/schema/train.schema.json',
    title: 'Guerdon training of a reward model',
    ...config,
    properties: { ...(config.properties as Schema), recipe: { anyOf: entries } },
  }
}
