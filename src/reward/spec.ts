/**
 * The spec of a reward: which signals look at a rollout, how each is shaped, how they join, and which advantage
 * compares the result. YAML and TypeScript give the same plain object; this file checks its form.
 */
import { z } from 'zod'
import { deepestIssue } from '../kinds/deepest-issue.ts'
import { METHOD, RESERVED_FIELDS, type Use } from '../kinds/method.ts'
import { GuerdonError } from '../records/error.ts'
import type { PlaceOf } from '../records/located-yaml.ts'

/** What happens to a row that a signal could not score. */
export type OnError = 'mask' | 'fail' | { readonly value: number }

export interface SignalUse extends Use {
  /** names of inner signals, for signals that wrap or route to others */
  readonly over?: string | readonly string[] | Readonly<Record<string, string>>
  readonly onError?: OnError
  /** seconds that one call may take */
  readonly timeout?: number
  readonly retries?: number
  /** most rollouts in one call */
  readonly batch?: number
  /** most calls of this signal at a time */
  readonly concurrency?: number
}

export interface AdvantageUse extends Use {
  /** the advantage that this one wraps */
  readonly over?: AdvantageUse
}

export interface RewardSpec {
  readonly name: string
  readonly description?: string
  /** preset(s) whose fields lie under this spec's own */
  readonly use?: string | readonly string[]
  /** seed of every random stream */
  readonly seed?: number
  readonly signals?: Readonly<Record<string, SignalUse>>
  readonly shape?: Readonly<Record<string, Use | readonly Use[]>>
  readonly combine?: Use
  readonly advantage?: AdvantageUse
  /** for every signal that names none of its own */
  readonly onError?: OnError
}

const columnName = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_-]*(\.[A-Za-z_][A-Za-z0-9_-]*)?$/,
    'a column is named by letters, digits, _ and -, starting with a letter',
  )

const onError = z
  .union([z.enum(['mask', 'fail']), z.strictObject({ value: z.number() })])
  .describe(
    'what happens to a row that cannot be scored: mask leaves it out, fail stops the run, {value: v} gives it v',
  )

const use = z.looseObject({ use: z.string().min(1).describe('name of the method') })

/** The signal fields that belong to the composition; a method's own parameters stand beside them. */
export const signalFields = {
  over: z
    .union([columnName, z.array(columnName).min(1), z.record(z.string(), columnName)])
    .optional()
    .describe('the signal or signals that this one wraps or routes to'),
  onError: onError.optional(),
  timeout: z.number().positive().optional().describe('seconds that one call may take (default: none)'),
  retries: z.int().min(0).optional().describe('further tries after a failed call (default 0)'),
  batch: z.int().min(1).optional().describe('most rollouts in one call'),
  concurrency: z.int().min(1).optional().describe('most calls of this signal at a time (default 8)'),
}

const advantageUse: z.ZodType = z.lazy(() =>
  z.looseObject({ use: z.string().min(1), over: advantageUse.optional() }),
)

export const specSchema = z.strictObject({
  $schema: z.string().optional(),
  name: z.string().min(1).describe('name of the reward'),
  description: z.string().optional(),
  use: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .describe('preset(s) under this spec, as preset/NAME'),
  seed: z.int().optional().describe('seed of every random stream (default 0)'),
  signals: z.record(columnName, use.extend(signalFields)).optional().describe('column name → signal'),
  shape: z
    .record(columnName, z.union([use, z.array(use)]))
    .optional()
    .describe('column name → shapings, first one first'),
  combine: use
    .optional()
    .describe('how the columns become one reward; may be left out when there is one signal'),
  advantage: advantageUse
    .optional()
    .describe('how rewards are compared; left out, only rewards are returned'),
  onError: onError.optional(),
})

export type { PlaceOf }

export const nowhere: PlaceOf = (path) => (path.length === 0 ? {} : { field: path.map(String).join('.') })

/**
 * Checks the form of a spec (not yet that its methods exist) and returns it unchanged.
 * @throws GuerdonError SPEC_INVALID with file, line and field
 */
export function checkSpec(value: unknown, placeOf: PlaceOf = nowhere): RewardSpec {
  const result = specSchema.safeParse(value)
  if (result.success) return value as RewardSpec
  const issue = deepestIssue(result.error.issues)
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0]!] : issue.path
  let found: unknown = value
  for (const key of path) found = (found as Record<PropertyKey, unknown> | undefined)?.[key]
  if (issue.code === 'unrecognized_keys') {
    throw new GuerdonError('SPEC_INVALID', 'a spec has no such field', {
      where: placeOf(path),
      expected: `one of ${Object.keys(specSchema.shape).slice(1).join(', ')}`,
    })
  }
  if (issue.code === 'invalid_key') {
    const rule = issue.issues[0]?.message
    throw new GuerdonError('SPEC_INVALID', rule ?? 'is no name of a column', {
      where: placeOf(path),
      found: path.at(-1),
    })
  }
  throw new GuerdonError('SPEC_INVALID', issue.message, { where: placeOf(path), found })
}

/** A method's own parameters: the fields of its entry that do not belong to the composition. */
export function ownParameters(
  entry: Use,
  reserved: readonly string[] = RESERVED_FIELDS,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(entry).filter(([field]) => !reserved.includes(field)))
}

/** The method that a TypeScript spec carries inside an entry, if any. */
export function carriedMethod(entry: Use): unknown {
  return (entry as { [METHOD]?: unknown })[METHOD]
}

/**
 * The identity function with a type: a TypeScript spec is checked by the editor and at once by the same schema.
 *
 * @example defineReward({ name: 'short', signals: { size: length({ unit: 'words' }) } })
 */
export function defineReward(spec: RewardSpec): RewardSpec {
  return checkSpec(spec)
}
