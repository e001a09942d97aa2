import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { GuerdonError } from '../../records/error.ts'
import { parseBody, sameLength } from './parse-body.ts'

const schema = z.looseObject({
  rows: z.array(
    z.object({ id: z.string(), text: z.union([z.string(), z.array(z.object({ role: z.string() }))]) }),
  ),
  mode: z.enum(['a', 'b']).optional(),
})

function failure(body: unknown): GuerdonError {
  try {
    parseBody(schema, body)
  } catch (thrown) {
    return thrown as GuerdonError
  }
  throw new Error('it was accepted')
}

describe('parseBody', () => {
  it('returns a good body with its unknown fields', () => {
    const body = { rows: [{ id: 'a', text: 't' }], more: 1 }
    expect(parseBody(schema, body)).toEqual(body)
  })

  it('names the path, what was found and what was expected', () => {
    expect(failure({ rows: [{ id: 7, text: '' }] }).message).toBe(
      '"rows[0].id": has the wrong form; expected a string (found: 7)',
    )
    expect(failure({ rows: [{ text: '' }] })).toMatchObject({
      code: 'DATA_FIELD_MISSING',
      message: '"rows[0].id": is missing; expected a string',
    })
    expect(failure({ rows: [], mode: 'c' }).message).toContain('expected "a" or "b" (found: "c")')
    expect(failure(null).message).toBe('"body": has the wrong form; expected an object (found: null)')
  })

  it('names the form of a union that fits furthest, else all forms', () => {
    expect(failure({ rows: [{ id: '', text: 1 }] }).message).toContain(
      'expected a string or a list (found: 1)',
    )
    expect(failure({ rows: [{ id: '', text: [{ role: 1 }] }] }).where.field).toBe('rows[0].text[0].role')
  })
})

describe('sameLength', () => {
  it('says which list has how many', () => {
    expect(() => sameLength('labels', 1, 'query', 2)).toThrow(
      '"labels": has 1 entries; expected as many as "query" has, 2',
    )
    expect(() => sameLength('labels', 2, 'query', 2)).not.toThrow()
  })
})
