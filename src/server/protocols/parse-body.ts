/** Checks a request's body against its schema and says in one sentence what is wrong with it. */
import type { z } from 'zod'
import { type ErrorCode, GuerdonError } from '../../records/error.ts'

type Issue = z.core.$ZodIssue

/**
 * The body as its schema describes it.
 *
 * @throws GuerdonError DATA_FIELD_MISSING or DATA_FIELD_INVALID with the field's path, what was found and expected
 * @example parseBody(z.object({ rows: z.array(z.object({ id: z.string() })) }), { rows: [{ id: 7 }] })
 *   // '"rows[0].id": has the wrong form; expected a string (found: 7)'
 */
export function parseBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const result = schema.safeParse(body)
  if (result.success) return result.data
  const { path, expected } = closest(result.error.issues[0]!, [])
  const found = valueAt(body, path)
  const missing = found === undefined && path.length > 0
  const code: ErrorCode = missing ? 'DATA_FIELD_MISSING' : 'DATA_FIELD_INVALID'
  throw new GuerdonError(code, missing ? 'is missing' : 'has the wrong form', {
    where: { field: path.length === 0 ? 'body' : pathText(path) },
    expected,
    ...(missing ? {} : { found }),
  })
}

/** A list whose length must be that of another field. @throws GuerdonError DATA_FIELD_INVALID */
export function sameLength(field: string, found: number, other: string, expected: number): void {
  if (found === expected) return
  throw new GuerdonError('DATA_FIELD_INVALID', `has ${found} entries`, {
    where: { field },
    expected: `as many as "${other}" has, ${expected}`,
  })
}

interface Trouble {
  readonly path: readonly PropertyKey[]
  readonly expected: string
}

/** The issue a person would name: of a union the form that the body fits furthest, else what each form wants. */
function closest(issue: Issue, before: readonly PropertyKey[]): Trouble {
  const path = [...before, ...issue.path]
  if (issue.code !== 'invalid_union') return { path, expected: expectation(issue) }
  const branches = issue.errors.flatMap((issues) => (issues.length === 0 ? [] : [closest(issues[0]!, path)]))
  let deepest: Trouble | undefined
  for (const branch of branches) {
    if (branch.path.length > Math.max(path.length, deepest?.path.length ?? 0)) deepest = branch
  }
  if (deepest !== undefined) return deepest
  const forms = [...new Set(branches.map(({ expected }) => expected))]
  return { path, expected: forms.length === 0 ? expectation(issue) : forms.join(' or ') }
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
}

function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return typeNames[issue.expected] ?? issue.expected
    case 'invalid_value':
      return issue.values.map((value) => JSON.stringify(value)).join(' or ')
    case 'too_small':
      return `${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${countOf(issue.origin)}`
    case 'too_big':
      return `${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${countOf(issue.origin)}`
    default:
      return issue.message
  }
}

function countOf(origin: string): string {
  return origin === 'array' ? ' entries' : origin === 'string' ? ' characters' : ''
}

function valueAt(body: unknown, path: readonly PropertyKey[]): unknown {
  let value = body
  for (const key of path) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) return undefined
    value = (value as Record<PropertyKey, unknown>)[key]
  }
  return value
}

function pathText(path: readonly PropertyKey[]): string {
  let text = ''
  for (const key of path)
    text += typeof key === 'number' ? `[${key}]` : `${text === '' ? '' : '.'}${String(key)}`
  return text
}
