/**
 * What every method has in common, whatever its kind: a name, the paper it comes from, parameters as a zod schema,
 * the range of what it returns, examples that the tests run, and what a trainer's own normalisation would undo.
 */
import { z } from 'zod'
import { GuerdonError } from '../records/error.ts'
import type { Rollout, Text } from '../records/rollout.ts'

export type Kind = 'signal' | 'shaping' | 'combiner' | 'advantage'

/** The trainers whose own treatment of rewards Guerdon knows. */
export const TRAINERS = ['trl', 'verl', 'openrlhf', 'slime', 'nemo'] as const
export type Trainer = (typeof TRAINERS)[number]

export interface PaperReference {
  /** the card's slug, for example `36-par` */
  readonly slug: string
  readonly title: string
  /** equation, section or the authors' file and function */
  readonly source?: string
}

export type ParameterSchema = z.ZodObject<z.ZodRawShape>

/** A method as a spec names it: `use` and the parameters that differ from the defaults. */
export type Use = { readonly use: string; readonly [parameter: string]: unknown }

/**
 * Carries a method that is not in the registry (a user's own) inside a `Use`; invisible to JSON. Registered under its
 * name, so that a command line and a project with two copies of the package still understand each other.
 */
export const METHOD: unique symbol = Symbol.for('guerdon.method')

/** A small input with its result, shown in the documentation and run by the tests. Invalid entries are null. */
export interface Example {
  readonly title: string
  readonly parameters?: Readonly<Record<string, unknown>>
  readonly input: ExampleInput
  readonly result: readonly (number | null)[] | readonly (readonly (number | null)[])[]
  readonly tolerance?: number
}

/** What an example may give: rollouts for signals, columns for the others. Rows count as one group if none is named. */
export interface ExampleInput {
  readonly rollouts?: readonly (Partial<Rollout> & { readonly completion: Text })[]
  /** the column that is shaped, or the rewards that are compared; ragged lists for step and token columns */
  readonly column?: readonly (number | null)[] | readonly (readonly (number | null)[])[]
  /** grain of a ragged `column` */
  readonly grain?: 'step' | 'token'
  /** named columns, for combiners and for advantages that look at several */
  readonly columns?: Readonly<
    Record<string, readonly (number | null)[] | readonly (readonly (number | null)[])[]>
  >
  readonly groups?: readonly string[]
  /** declared inputs by alias, for shapings, combiners and advantages */
  readonly inputs?: Readonly<
    Record<string, readonly (number | null)[] | readonly (readonly (number | null)[])[]>
  >
}

export interface MethodDescription<P extends ParameterSchema> {
  readonly name: string
  /** one sentence: what it is and when to use it */
  readonly summary: string
  readonly paper?: PaperReference
  readonly formula?: string
  /** for example `[0, 1]`, `(−∞, 0]`, `unbounded` */
  readonly range: string
  readonly parameters: P
  readonly examples: readonly Example[]
  /** other words people search for: the paper's name, a trainer's name for it */
  readonly aliases?: readonly string[]
  /** what the named trainer would undo or lose, one sentence each */
  warnings?(trainer: Trainer, parameters: z.output<P>): readonly string[]
}

/** What a method's maker takes: its parameters, and the fields that belong to the composition (`over`, `onError`, …). */
export type MethodInput<P extends ParameterSchema> = (keyof P['shape'] extends never ? unknown : z.input<P>) &
  Readonly<Record<string, unknown>>

/** The parts of a method that its kind does not change. Calling a method makes its entry for a spec. */
export interface Method<K extends Kind = Kind, P extends ParameterSchema = ParameterSchema>
  extends MethodDescription<P> {
  readonly kind: K
  (parameters?: MethodInput<P>): Use
}

/** Spec fields that belong to the composition and not to the method's own parameters. */
export const RESERVED_FIELDS = [
  'use',
  'over',
  'onError',
  'timeout',
  'retries',
  'batch',
  'concurrency',
] as const

/**
 * Checks parameters against a method's schema and fills in the defaults.
 * @throws GuerdonError PARAMETER_INVALID naming the method, the parameter, what was found and what was expected
 */
export function parseParameters<P extends ParameterSchema>(
  method: { readonly name: string; readonly parameters: P },
  given: Readonly<Record<string, unknown>>,
  place = method.name,
): z.output<P> {
  const result = z.strictObject(method.parameters.shape).safeParse(given)
  if (result.success) return result.data as z.output<P>
  const issue = result.error.issues[0]!
  const known = Object.keys(method.parameters.shape)
  if (issue.code === 'unrecognized_keys') {
    throw new GuerdonError('PARAMETER_INVALID', `${method.name} has no parameter "${issue.keys[0]}"`, {
      where: { field: `${place}.${issue.keys[0]}` },
      expected: known.length === 0 ? 'no parameters' : `one of ${known.join(', ')}`,
    })
  }
  const field = [place, ...issue.path.map(String)].join('.')
  let found: unknown = given
  for (const key of issue.path) found = (found as Record<PropertyKey, unknown> | undefined)?.[key]
  throw new GuerdonError('PARAMETER_INVALID', issue.message, { where: { field }, found })
}

/**
 * Makes the callable object of a method: `method(parameters)` returns its entry for a spec, and the description's
 * fields hang on it. Used by the makers of each kind.
 */
export function makeMethod<K extends Kind, P extends ParameterSchema, Own extends object>(
  kind: K,
  description: MethodDescription<P> & Own,
): Method<K, P> & Own {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(description.name)) {
    throw new GuerdonError('ARGUMENT_INVALID', `"${description.name}" is no name for a method`, {
      expected: 'lower-case words joined by hyphens',
    })
  }
  const reserved = Object.keys(description.parameters.shape).find((name) =>
    (RESERVED_FIELDS as readonly string[]).includes(name),
  )
  if (reserved !== undefined) {
    throw new GuerdonError('ARGUMENT_INVALID', `${description.name} declares the parameter "${reserved}"`, {
      expected: `names other than ${RESERVED_FIELDS.join(', ')}, which belong to the spec`,
    })
  }
  const make = (parameters: Record<string, unknown> = {}): Use => {
    const use: Record<string | symbol, unknown> = { use: description.name, ...parameters }
    // Symbol keys stay out of JSON and of comparisons, so a TypeScript spec equals its YAML twin.
    Object.defineProperty(use, METHOD, { value: method, enumerable: false })
    return use as unknown as Use
  }
  const { name, ...rest } = description
  const method = Object.assign(make, rest, { kind }) as unknown as Method<K, P> & Own
  Object.defineProperty(method, 'name', { value: name, enumerable: true })
  // A method without `apply` must not answer with the one that every function inherits.
  if (!Object.hasOwn(method, 'apply')) Object.defineProperty(method, 'apply', { value: undefined })
  return method
}
