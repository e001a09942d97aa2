/**
 * Signals: a batch of rollouts → a column of numbers (and, if it has more to say, further columns named
 * `signal.part`). Signals may wrap or route to other signals; heavy resources (workers, models) are opened through
 * the context and closed by the reward that owns them.
 */
import type { z } from 'zod'
import type { RandomStream } from '../numerics/random.ts'
import type { RolloutBatch } from '../records/batch.ts'
import type { Column, Grain } from '../records/column.ts'
import { type Method, type MethodDescription, makeMethod, type ParameterSchema } from './method.ts'

export interface SignalResult {
  readonly column: Column
  /** further columns by part name; stored as `signal.part` */
  readonly parts?: Readonly<Record<string, Column>>
  /** a group signal's matrix of verdicts: for each group id, members × members, row-major; NaN = not asked */
  readonly verdicts?: ReadonlyMap<string, Float64Array>
  /** time spent on each row, when the signal knows it better than the runner's clock */
  readonly seconds?: Float64Array
}

/** A signal as a wrapper sees it: already configured, scored through the same time limits and caches. */
export interface InnerSignal {
  readonly name: string
  score(batch: RolloutBatch): Promise<SignalResult>
}

export interface SignalContext {
  /** aborted when the run is cancelled or the signal's time is up */
  readonly abort: AbortSignal
  /** the signal's own stream; draw from `random.derive(rollout.id)`, so that a row's chance does not depend on its batch */
  readonly random: RandomStream
  /** true when a person asks why: fill `column.evidence` */
  readonly evidence: boolean
  /** signals named by `over`, in the order and under the keys of the spec */
  readonly inner: ReadonlyMap<string, InnerSignal>
  /** folder that relative paths in the spec start from */
  readonly folder: string
  /** opens a resource once for the life of the reward; `close` runs when the reward is closed */
  resource<T>(
    key: string,
    open: () => T | Promise<T>,
    close?: (resource: T) => void | Promise<void>,
  ): Promise<T>
}

export interface SignalDefinition<P extends ParameterSchema> extends MethodDescription<P> {
  /** `group`: the function sees whole groups; its column still has one entry a rollout */
  readonly grain: Grain | 'group'
  /**
   * Opens what the signal needs before anything is scored: a model, an endpoint. What fails here ends the run with its
   * sentence, while a failure in `score` is told row by row.
   */
  open?(parameters: z.output<P>, context: Pick<SignalContext, 'folder' | 'resource'>): Promise<unknown>
  /**
   * What besides its parameters decides its numbers, such as the digest of a model's files: part of the reward's
   * digest, so that a model trained anew under the same name is another reward. Empty where it cannot be told.
   */
  identity?(parameters: z.output<P>, context: Pick<SignalContext, 'folder'>): string
  /** names and grains of further columns */
  parts?(parameters: z.output<P>): Readonly<Record<string, Grain>>
  /** whether the spec must (one, at least one), may (any number) or must not name inner signals with `over` */
  readonly over?: 'one' | 'many' | 'any' | 'none'
  score(
    batch: RolloutBatch,
    parameters: z.output<P>,
    context: SignalContext,
  ): SignalResult | Column | Promise<SignalResult | Column>
}

export type SignalMethod<P extends ParameterSchema = ParameterSchema> = Method<'signal', P> &
  SignalDefinition<P>

/**
 * Makes a signal from its description and its function.
 * The function is pure but for its context, returns one entry a rollout (a list a rollout for step and token grain),
 * marks what it cannot score invalid with a reason, and never throws for a single bad row.
 */
export function defineSignal<P extends ParameterSchema>(definition: SignalDefinition<P>): SignalMethod<P> {
  return makeMethod('signal', definition)
}
