import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { protocolRoutes } from './index.ts'
import { openApiDocument } from './openapi.ts'
import { Sandboxes } from './sandboxes.ts'

const routes = protocolRoutes(new Sandboxes(1))
const document = JSON.parse(
  JSON.stringify(openApiDocument(routes, { version: '1.2.3', servers: ['http://localhost:8000'] })),
)

function walk(value: unknown, visit: (node: Record<string, unknown>) => void): void {
  if (value === null || typeof value !== 'object') return
  if (!Array.isArray(value)) visit(value as Record<string, unknown>)
  for (const child of Object.values(value)) walk(child, visit)
}

describe('openApiDocument', () => {
  it('describes every route once, with a unique id and a declared tag', () => {
    const operations = routes.map(({ path, method }) => document.paths[path][method])
    const ids = operations.map(({ operationId }) => operationId)
    expect(new Set(ids).size).toBe(routes.length)
    const tags = document.tags.map(({ name }: { name: string }) => name)
    for (const { tags: own, summary, responses } of operations) {
      expect(tags).toContain(own[0])
      expect(summary).toMatch(/\.$/)
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(['200', '400', '401', '500']))
    }
  })

  it('holds no reference that leads nowhere', () => {
    let references = 0
    walk(document, ({ $ref }) => {
      if (typeof $ref !== 'string') return
      references++
      expect($ref.startsWith('#/')).toBe(true)
      let target: unknown = document
      for (const key of $ref.slice(2).split('/')) target = (target as Record<string, unknown>)?.[key]
      expect(target, $ref).toBeDefined()
    })
    expect(references).toBeGreaterThan(0)
  })

  it('holds schemas that are JSON Schema 2020-12, and accept what the routes accept', () => {
    const ajv = new Ajv2020({ strict: false })
    const schemaOf = (path: string) =>
      document.paths[path].post.requestBody.content['application/json'].schema
    let schemas = 0
    walk(document, ({ content }) => {
      const { schema } =
        (content as Record<string, { schema: object }> | undefined)?.['application/json'] ?? {}
      if (schema === undefined || '$ref' in schema) return
      schemas++
      expect(ajv.validateSchema(schema), JSON.stringify(ajv.errors)).toBe(true)
      expect(() => ajv.compile(schema)).not.toThrow()
    })
    expect(schemas).toBeGreaterThan(routes.length)
    const validates = (path: string, body: unknown) => ajv.validate(schemaOf(path), body)
    expect(
      validates('/slime', { prompt: [{ role: 'user', content: 'q' }], response: 'r', label: null }),
    ).toBe(true)
    expect(validates('/slime', { prompt: 3, response: 'r' })).toBe(false)
    expect(validates('/v1/rewards', { rows: [{ prompt: 'p', completion: 'c' }] })).toBe(true)
  })

  it('writes the parts of a path that a request fills as parameters', () => {
    const route = { ...routes[0]!, path: '/runs/:run/rows/:row' }
    const { paths } = openApiDocument([route], { version: '1', servers: [] })
    expect(paths['/runs/{run}/rows/{row}']).toMatchObject({
      post: { parameters: [{ name: 'run', in: 'path', required: true }, { name: 'row' }] },
    })
  })

  it('refuses two routes of one path', () => {
    expect(() => openApiDocument([routes[0]!, routes[0]!], { version: '1', servers: [] })).toThrow(
      'two routes',
    )
  })
})
