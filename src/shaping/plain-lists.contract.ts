/** How the tests of shapings run one on plain lists. */
import type { Inputs } from '../kinds/inputs.ts'
import { type ExampleInput, type Method, parseParameters } from '../kinds/method.ts'
import type { ShapingContext, ShapingDefinition } from '../kinds/shaping.ts'
import { groupsFromIds } from '../numerics/grouped.ts'
import { type Column, columnOf, raggedColumnOf, rolloutsOf } from '../records/column.ts'

type List = readonly (number | null)[]
type Lists = readonly List[]

// biome-ignore lint/suspicious/noExplicitAny: the contract takes shapings of any parameters
type AnyParameters = any

/** A shaping of any parameters and any state. */
export type AnyShaping = Method<'shaping', AnyParameters> &
  Omit<ShapingDefinition<AnyParameters>, 'stateful'> & {
    readonly stateful?: {
      readonly initial: (parameters: AnyParameters) => unknown
      readonly apply: (
        column: Column,
        parameters: AnyParameters,
        context: ShapingContext,
        state: never,
      ) => { readonly column: Column; readonly state: unknown }
    }
  }

export function toColumn(list: List | Lists, grain: 'step' | 'token' = 'step', reason = 'no value'): Column {
  return Array.isArray(list[0])
    ? raggedColumnOf(grain, list as Lists, reason)
    : columnOf(list as List, reason)
}

/** A column as plain lists; invalid entries are null. */
export function toLists(column: Column): (number | null)[] | (number | null)[][] {
  const flat = Array.from(column.values, (value, entry) => (column.valid[entry] === 1 ? value : null))
  const { offsets } = column
  if (offsets === undefined) return flat
  return Array.from({ length: offsets.length - 1 }, (_, row) => flat.slice(offsets[row]!, offsets[row + 1]!))
}

/** Runs a shaping on columns with parameters as a spec gives them. */
export function applyShaping(
  method: AnyShaping,
  parameters: Readonly<Record<string, unknown>>,
  column: Column,
  { inputs = {}, groups, state }: { inputs?: Inputs; groups?: readonly string[]; state?: unknown } = {},
): { readonly column: Column; readonly state: unknown } {
  const parsed = parseParameters(method, parameters)
  const context = { inputs, groups: groupsFromIds(groups ?? new Int32Array(rolloutsOf(column))) }
  if (method.stateful === undefined)
    return { column: method.apply!(column, parsed, context), state: undefined }
  return method.stateful.apply(column, parsed, context, (state ?? method.stateful.initial(parsed)) as never)
}

/** Runs a shaping on plain lists. */
export function shape(
  method: AnyShaping,
  parameters: Readonly<Record<string, unknown>>,
  input: ExampleInput,
): (number | null)[] | (number | null)[][] {
  const inputs = Object.fromEntries(
    Object.entries(input.inputs ?? {}).map(([alias, list]) => [alias, toColumn(list)]),
  )
  const options = input.groups === undefined ? { inputs } : { inputs, groups: input.groups }
  return toLists(applyShaping(method, parameters, toColumn(input.column!, input.grain), options).column)
}
