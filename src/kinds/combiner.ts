/**
 * Combiners: named columns → one reward. The grain may change (steps and an outcome into token rewards), and a
 * combiner may carry state that learns from the columns it sees or from feedback it is told.
 */
import type { z } from 'zod'
import type { Groups } from '../numerics/grouped.ts'
import type { Column, Grain } from '../records/column.ts'
import type { InputSource, Inputs, ScopeRule } from './inputs.ts'
import { type Method, type MethodDescription, makeMethod, type ParameterSchema } from './method.ts'

export type Columns = ReadonlyMap<string, Column>

export interface CombinerContext {
  /** number of rollouts */
  readonly size: number
  readonly groups: Groups
  readonly inputs: Inputs
}

export interface CombinerDefinition<P extends ParameterSchema, S = never, F = never>
  extends MethodDescription<P> {
  readonly scope: ScopeRule<z.output<P>>
  /** names of the columns it reads; they must exist in the spec */
  reads(parameters: z.output<P>): readonly string[]
  /** the grains of columns that it can read; left out, one number a rollout only */
  readonly takes?: readonly Grain[]
  inputs?(parameters: z.output<P>): Readonly<Record<string, InputSource>>
  /** grain of the result */
  readonly grain: Grain
  apply?(columns: Columns, parameters: z.output<P>, context: CombinerContext): Column
  readonly stateful?: {
    initial(parameters: z.output<P>): S
    apply(
      columns: Columns,
      parameters: z.output<P>,
      context: CombinerContext,
      state: S,
    ): { readonly column: Column; readonly state: S }
    /** learns from feedback about a combination it made */
    observe?(feedback: F, parameters: z.output<P>, state: S): S
  }
}

export type CombinerMethod<P extends ParameterSchema = ParameterSchema, S = unknown, F = unknown> = Method<
  'combiner',
  P
> &
  CombinerDefinition<P, S, F>

/** Makes a combiner. A row is valid in the result iff every column that decided it is valid there. */
export function defineCombiner<P extends ParameterSchema, S = never, F = never>(
  definition: CombinerDefinition<P, S, F>,
): CombinerMethod<P, S, F> {
  return makeMethod('combiner', definition)
}
