/** Reads the query of a request by its schema. */
import { z } from 'zod'
import { GuerdonError } from '../../../records/error.ts'
import { groupFilter, groupSort } from '../schemas.ts'

const number = z
  .string()
  .regex(/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i, 'is no number')
  .transform(Number)
  .pipe(z.number({ error: 'is too large' }))

const whole = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, `is no whole number from ${least} to ${most}`)
    .transform(Number)
    .pipe(
      z
        .number()
        .min(least, `is no whole number from ${least} to ${most}`)
        .max(most, `is no whole number from ${least} to ${most}`),
    )

const range = { from: number.optional(), to: number.optional() }

export const seriesQuery = z.strictObject({ ...range, points: whole(1, 400).default(400) })
export const anatomyQuery = z.strictObject(range)
export const groupsQuery = z.strictObject({
  ...range,
  filter: groupFilter.default('all'),
  sort: groupSort.default('newest'),
  after: z.string().max(200, 'is too long').optional(),
  limit: whole(1, 100).default(20),
})
export const groupQuery = z.strictObject({ step: number.optional() })
export const rowsQuery = z.strictObject({
  ...range,
  order: z.enum(['newest', 'oldest', 'lowest-reward', 'highest-reward']).default('newest'),
  valid: z
    .enum(['true', 'false'])
    .transform((valid) => valid === 'true')
    .optional(),
  text: z.string().max(1000, 'is too long').optional(),
  group: z.string().optional(),
  after: z.string().max(1000, 'is too long').optional(),
  limit: whole(1, 500).default(50),
})

/**
 * A query's fields, checked; empty ones count as not given, `key` (which the server reads) is left alone.
 * @throws GuerdonError ARGUMENT_INVALID with the field, what was found and what was expected
 */
export function parseQuery<Schema extends z.ZodObject>(
  schema: Schema,
  query: URLSearchParams,
): z.output<Schema> {
  const given = Object.fromEntries([...query].filter(([name, value]) => value !== '' && name !== 'key'))
  const result = schema.safeParse(given)
  if (result.success) return result.data
  const issue = result.error.issues[0]!
  if (issue.code === 'unrecognized_keys') {
    throw new GuerdonError('ARGUMENT_INVALID', 'is no field of this query', {
      where: { field: issue.keys[0] },
      expected:
        Object.keys(schema.shape).length === 0 ? 'none' : `one of ${Object.keys(schema.shape).join(', ')}`,
    })
  }
  const field = String(issue.path[0])
  const expected = issue.code === 'invalid_value' ? `one of ${issue.values.join(', ')}` : undefined
  throw new GuerdonError(
    'ARGUMENT_INVALID',
    issue.code === 'invalid_value' ? 'has no such value' : issue.message,
    {
      where: { field },
      found: given[field],
      expected,
    },
  )
}
