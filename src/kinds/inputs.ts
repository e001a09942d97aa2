/**
 * What a shaping, a combiner or an advantage may read beside its column: declared by source, resolved by the reward,
 * never reached for in the batch.
 */
import type { Column } from '../records/column.ts'

/**
 * A declared input.
 * - `length`: the completion's length in tokens, characters or words (rows whose token count is unknown are invalid)
 * - `finished`: 1 if the completion ended by itself, 0 if it was cut (`finish_reason`); invalid when unknown
 * - `column`: a signal's column before shaping, or a number logged in the rollout's `columns`
 * - `references`: scores of the prompt's reference completions under the column's own signal, ragged by rollout
 * - `step-tokens`: number of tokens of each step, ragged by rollout
 * - `logprobs`, `reference-logprobs`: token log-probabilities, ragged by rollout
 * - `training-step`: the training step of the rollout
 */
export type InputSource =
  | { readonly from: 'length'; readonly unit: 'tokens' | 'characters' | 'words'; readonly optional?: boolean }
  | { readonly from: 'finished'; readonly optional?: boolean }
  | { readonly from: 'column'; readonly column: string; readonly optional?: boolean }
  | { readonly from: 'references'; readonly optional?: boolean }
  | { readonly from: 'step-tokens'; readonly optional?: boolean }
  | { readonly from: 'logprobs' | 'reference-logprobs'; readonly optional?: boolean }
  | { readonly from: 'training-step'; readonly optional?: boolean }

/** Resolved inputs by alias. An input that no row has is invalid in every row, with the reason. */
export type Inputs = Readonly<Record<string, Column>>

/** How wide a method looks: at each row alone, inside groups, or over the whole batch (one training step). */
export type Scope = 'row' | 'group' | 'batch'

/** A scope, or a function of the parameters where some of them look less far than others. */
export type ScopeRule<P, S extends Scope = Scope> = S | { bivariant(parameters: P): S }['bivariant']

/** How wide a method looks under the given parameters. */
export function scopeOf<P, S extends Scope>(
  { scope }: { readonly scope: ScopeRule<P, S> },
  parameters: P,
): S {
  return typeof scope === 'function' ? scope(parameters) : scope
}
