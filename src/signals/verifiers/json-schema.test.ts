import { expect, it } from 'vitest'
import { compileSchema } from './json-schema.ts'

const schema = {
  type: 'object',
  properties: { a: { type: 'integer', minimum: 0 }, 'b/c': { type: 'array', items: { type: 'string' } } },
  required: ['a', 'b/c'],
}

it('checks a document and names what is wrong', async () => {
  const check = await compileSchema(schema)
  expect(check({ a: 1.0, 'b/c': ['x'] })).toEqual({ valid: true, partial: 1, errors: [] })
  expect(check({ a: -1, 'b/c': [1] })).toMatchObject({ valid: false, partial: 0 })
  expect(check({ a: 1, 'b/c': [1] })).toEqual({
    valid: false,
    partial: 0.5,
    errors: ['/b~1c/0 must be string'],
  })
  expect(check({ a: 1 }).partial).toBe(0.5)
  expect(check([1]).partial).toBe(0)
})

it('follows draft 2020-12', async () => {
  const tuple = await compileSchema({ type: 'array', prefixItems: [{ type: 'number' }], items: false })
  expect(tuple([1]).valid).toBe(true)
  expect(tuple([1, 2]).valid).toBe(false)
  const unique = await compileSchema({ type: 'array', uniqueItems: true })
  expect(unique([1, true]).valid).toBe(true)
  expect(unique([1, 1]).valid).toBe(false)
})

it('ignores formats and unknown keywords, and does not take property names from prototypes', async () => {
  const check = await compileSchema({ format: 'no-such-format', madeUp: 1, required: ['constructor'] })
  expect(check('x').valid).toBe(true)
  expect(check({})).toMatchObject({ valid: false, partial: 0 })
})

it('refuses what is no schema', async () => {
  await expect(compileSchema({ type: 'no-such-type' })).rejects.toMatchObject({ code: 'PARAMETER_INVALID' })
  await expect(compileSchema({ $ref: 'https://example.com/a.json' })).rejects.toMatchObject({
    code: 'PARAMETER_INVALID',
  })
})
