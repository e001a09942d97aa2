/**
 * Advantages: one reward column and its groups → how much better than its siblings each rollout (or token) is.
 * An advantage may wrap another one and may add a weight column for trainers that take one.
 */
import type { z } from 'zod'
import type { Groups } from '../numerics/grouped.ts'
import type { Column, Grain } from '../records/column.ts'
import type { Columns } from './combiner.ts'
import type { InputSource, Inputs, ScopeRule } from './inputs.ts'
import { type Method, type MethodDescription, makeMethod, type ParameterSchema } from './method.ts'

export interface AdvantageInput {
  /** the combined reward: rollout grain, or token grain where the method says so */
  readonly rewards: Column
  readonly groups: Groups
  /** every shaped column by name, for methods that look at the parts (decompositions, several reward columns) */
  readonly columns: Columns
  readonly inputs: Inputs
  /** the wrapped advantage, already bound to its own parameters */
  readonly inner?: (input: AdvantageInput) => AdvantageResult
}

export interface AdvantageResult {
  /** one entry a rollout, or a list of tokens a rollout; an invalid reward gets 0 and stays invalid */
  readonly advantages: Column
  /** per-rollout weights for trainers that take them */
  readonly weights?: Column
  /** 1 = the trainer should use the row, 0 = filtered out (dynamic sampling) */
  readonly kept?: Uint8Array
  /** numbers behind the result: fitted parameters, shares of degenerate groups; plain JSON */
  readonly evidence?: Readonly<Record<string, unknown>>
}

export interface AdvantageDefinition<P extends ParameterSchema, S = never> extends MethodDescription<P> {
  readonly scope: ScopeRule<z.output<P>, 'group' | 'batch'>
  /** grain of the rewards it takes: token-grain methods also take rollout rewards, placed on the last token */
  readonly takes: Grain
  /** grain of what it returns */
  readonly grain: 'rollout' | 'token'
  inputs?(parameters: z.output<P>): Readonly<Record<string, InputSource>>
  /** names of columns it reads beside the reward */
  reads?(parameters: z.output<P>): readonly string[]
  readonly over?: 'one' | 'none'
  /** the advantages of a batch by itself; with state, what `stateful.apply` gives from the initial state */
  apply(input: AdvantageInput, parameters: z.output<P>): AdvantageResult
  /** for an advantage that learns over training steps: its state is plain JSON and moves once a batch */
  readonly stateful?: {
    /** the state before the first batch; undefined = nothing is learnt with these parameters, `apply` is used */
    initial(parameters: z.output<P>): S | undefined
    /** never changes the state it is given */
    apply(input: AdvantageInput, parameters: z.output<P>, state: S): AdvantageResult & { readonly state: S }
  }
}

export type AdvantageMethod<P extends ParameterSchema = ParameterSchema, S = unknown> = Method<
  'advantage',
  P
> &
  AdvantageDefinition<P, S>

/** Makes an advantage from its description and its function, with `stateful` beside it where it learns. */
export function defineAdvantage<P extends ParameterSchema, S = never>(
  definition: AdvantageDefinition<P, S>,
): AdvantageMethod<P, S> {
  return makeMethod('advantage', definition)
}
