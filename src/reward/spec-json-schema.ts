/** The JSON Schema of a spec file, made from the same zod schemas that check it: editors complete and underline with it. */
import { z } from 'zod'
import type { Kind } from '../kinds/method.ts'
import type { Registry } from './registry.ts'
import { signalFields, specSchema } from './spec.ts'

type Schema = Record<string, unknown>

function toSchema(schema: z.ZodType): Schema {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema
  return rest
}

/** The JSON Schema (draft 2020-12) of a reward spec with every method of a registry. */
export function specJsonSchema(registry: Registry): Schema {
  const definitions: Record<string, Schema> = {}
  const common = toSchema(z.object(signalFields)).properties as Schema
  for (const method of registry.methods) {
    const own = toSchema(method.parameters)
    const properties: Schema = {
      use: { const: method.name, description: method.summary },
      ...(own.properties as Schema),
    }
    if (method.kind === 'signal') Object.assign(properties, common)
    if (method.kind === 'advantage' && method.over === 'one') properties.over = { $ref: '#/$defs/advantage' }
    definitions[`${method.kind}-${method.name}`] = {
      type: 'object',
      description: `${method.summary} Range: ${method.range}.${method.paper === undefined ? '' : ` ${method.paper.title} (${method.paper.slug}).`}`,
      properties,
      required: [
        'use',
        ...((own.required as string[]) ?? []),
        ...('over' in properties && method.kind === 'advantage' ? ['over'] : []),
      ],
      additionalProperties: false,
    }
  }
  // A user's own method is named by its file; its parameters are not known here.
  definitions['own-method'] = {
    type: 'object',
    description: 'A method of your own: use is the path of its .ts or .js file.',
    properties: { use: { type: 'string', pattern: '(^\\.{0,2}/|\\.(ts|js|mjs)$)' } },
    required: ['use'],
  }
  for (const kind of ['signal', 'shaping', 'combiner', 'advantage'] satisfies Kind[]) {
    const members = registry.methods
      .filter((method) => method.kind === kind)
      .map((method) => ({ $ref: `#/$defs/${kind}-${method.name}` }))
    definitions[kind] = { anyOf: [...members, { $ref: '#/$defs/own-method' }] }
  }
  const spec = toSchema(specSchema.omit({ advantage: true }))
  const properties = spec.properties as Record<string, Schema>
  const columns = (properties.signals as Schema).propertyNames
  const preset = { enum: registry.presets.map(({ name }) => `preset/${name}`) }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'https://guerdon.dev/schema/reward.schema.json',
    title: 'Guerdon reward',
    ...spec,
    properties: {
      ...properties,
      use: { description: properties.use!.description, anyOf: [preset, { type: 'array', items: preset }] },
      signals: {
        ...properties.signals,
        propertyNames: columns,
        additionalProperties: { $ref: '#/$defs/signal' },
      },
      shape: {
        ...properties.shape,
        propertyNames: columns,
        additionalProperties: {
          anyOf: [{ $ref: '#/$defs/shaping' }, { type: 'array', items: { $ref: '#/$defs/shaping' } }],
        },
      },
      combine: { description: properties.combine!.description, $ref: '#/$defs/combiner' },
      advantage: { description: specSchema.shape.advantage.description, $ref: '#/$defs/advantage' },
    },
    $defs: definitions,
  }
}
