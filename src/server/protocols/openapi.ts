/** The OpenAPI description of the server, made from the schemas that the routes check with. */
import { z } from 'zod'
import { GuerdonError } from '../../records/error.ts'
import type { Route } from '../route.ts'

export interface OpenApiOptions {
  /** of Guerdon */
  readonly version: string
  /** addresses under which the server is reached */
  readonly servers: readonly string[]
}

type Schema = Record<string, unknown>

export interface OpenApiDocument {
  readonly openapi: '3.1.0'
  readonly info: { readonly title: string; readonly version: string; readonly description: string }
  readonly servers: readonly { readonly url: string }[]
  readonly tags: readonly { readonly name: string }[]
  readonly security: readonly Schema[]
  readonly paths: Record<string, Record<string, unknown>>
  readonly components: {
    readonly schemas: Record<string, Schema>
    readonly responses: Record<string, Schema>
    readonly securitySchemes: Record<string, Schema>
  }
}

/** What can go wrong on any path; the body has each protocol's own form. */
const failures = {
  '400': 'The request is wrong; the message names the field, what was found and what was expected.',
  '401': 'A key is needed and none was sent.',
  '403': 'The key is wrong.',
  '413': 'The body is too large.',
  '422': 'A row cannot be scored as it is, or the Idempotency-Key was used for another request.',
  '429': 'Too much is waiting; try again later.',
  '500': 'A signal failed on a row, and the protocol has no place for such a row; or the server failed.',
  '503': 'The server stops, a group did not become whole, or the store failed; try again later.',
  '504': 'The scoring took too long.',
} as const

const errorBody = z.object({ error: z.object({ code: z.string(), message: z.string() }) })

/** A zod schema as JSON Schema without its `$schema`, which a description states once for all. */
function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Schema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return rest
}

/** `/v1/score` by post → `post_v1_score`. */
function operationId({ method, path }: Route): string {
  return `${method}${path.replace(/[^A-Za-z0-9]+/g, '_')}`
}

/** The `:name` parts of a path, which a request must fill. */
function pathParameters(path: string): Schema {
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name!)
  if (names.length === 0) return {}
  return {
    parameters: names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
  }
}

/** `/runs/:run` as OpenAPI writes it, `/runs/{run}`. */
function pathTemplate(path: string): string {
  return path.replace(/:(\w+)/g, '{$1}')
}

function operation(route: Route): Schema {
  const json = (schema: Schema) => ({ 'application/json': { schema } })
  return {
    operationId: operationId(route),
    tags: [route.protocol],
    summary: route.summary,
    ...pathParameters(route.path),
    ...(route.request === undefined
      ? {}
      : { requestBody: { required: true, content: json(jsonSchema(route.request, 'input')) } }),
    responses: {
      '200': {
        description: 'Answered.',
        content: json(route.response === undefined ? {} : jsonSchema(route.response, 'output')),
      },
      ...Object.fromEntries(
        Object.entries(failures).map(([status, description]) => [
          status,
          route.errorBody === undefined
            ? { $ref: `#/components/responses/Failure${status}` }
            : { description, content: json(exampleOf(route)) },
        ]),
      ),
    },
  }
}

/** The protocol's own form of an error, shown by an example: its fields follow from the one function that makes it. */
function exampleOf(route: Route): Schema {
  const error = new GuerdonError('DATA_FIELD_MISSING', 'is missing', { where: { field: 'field' } })
  return { type: 'object', examples: [route.errorBody!(error)] }
}

/**
 * An OpenAPI 3.1 description of routes.
 * @throws GuerdonError ARGUMENT_INVALID when two routes have the same method and path
 */
export function openApiDocument(routes: readonly Route[], options: OpenApiOptions): OpenApiDocument {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const route of routes) {
    const path = pathTemplate(route.path)
    const methods = paths[path] ?? {}
    paths[path] = methods
    if (Object.hasOwn(methods, route.method)) {
      throw new GuerdonError('ARGUMENT_INVALID', `two routes answer ${route.method} ${route.path}`)
    }
    methods[route.method] = operation(route)
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Guerdon',
      version: options.version,
      description: 'A reward, served to trainers in the forms they speak.',
    },
    servers: options.servers.map((url) => ({ url })),
    tags: [...new Set(routes.map(({ protocol }) => protocol))].map((name) => ({ name })),
    // Either a key or none: whether one is needed is the server's setting.
    security: [{ bearer: [] }, { apiKey: [] }, {}],
    paths,
    components: {
      schemas: { Error: jsonSchema(errorBody, 'output') },
      responses: Object.fromEntries(
        Object.entries(failures).map(([status, description]) => [
          `Failure${status}`,
          {
            description,
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
          },
        ]),
      ),
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        apiKey: { type: 'apiKey', in: 'header', name: 'X-Api-Key' },
      },
    },
  }
}
