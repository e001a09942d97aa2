/**
 * Shapings: a column → a better column, pure. One that learns from what it saw takes an explicit state and returns
 * the next one; the state is plain JSON.
 */
import type { z } from 'zod'
import type { Groups } from '../numerics/grouped.ts'
import type { Column, Grain } from '../records/column.ts'
import type { InputSource, Inputs, ScopeRule } from './inputs.ts'
import { type Method, type MethodDescription, makeMethod, type ParameterSchema } from './method.ts'

export interface ShapingContext {
  readonly groups: Groups
  readonly inputs: Inputs
}

export interface ShapingDefinition<P extends ParameterSchema, S = never> extends MethodDescription<P> {
  /** the grains it accepts, where some parameters accept fewer as a function of them */
  readonly grains: readonly Grain[] | { bivariant(parameters: z.output<P>): readonly Grain[] }['bivariant']
  readonly scope: ScopeRule<z.output<P>>
  /** declared inputs by alias */
  inputs?(parameters: z.output<P>): Readonly<Record<string, InputSource>>
  /** for a shaping without state: never changes its argument; invalid entries stay invalid with their reasons */
  apply?(column: Column, parameters: z.output<P>, context: ShapingContext): Column
  /** for a shaping with state (scope must be `batch`: the state moves once a training step) */
  readonly stateful?: {
    initial(parameters: z.output<P>): S
    apply(
      column: Column,
      parameters: z.output<P>,
      context: ShapingContext,
      state: S,
    ): { readonly column: Column; readonly state: S }
  }
}

export type ShapingMethod<P extends ParameterSchema = ParameterSchema, S = unknown> = Method<'shaping', P> &
  ShapingDefinition<P, S>

/** Makes a shaping from its description and its function (`apply`, or `stateful`). */
export function defineShaping<P extends ParameterSchema, S = never>(
  definition: ShapingDefinition<P, S>,
): ShapingMethod<P, S> {
  return makeMethod('shaping', definition)
}

/** The grains that a shaping accepts under the given parameters. */
export function grainsOf<P extends ParameterSchema>(
  method: { grains: readonly Grain[] | ((parameters: z.output<P>) => readonly Grain[]) },
  parameters: z.output<P>,
): readonly Grain[] {
  return typeof method.grains === 'function' ? method.grains(parameters) : method.grains
}
