/** Turns declared inputs into columns: lengths, finish reasons, other columns, reference scores, log-probabilities. */
import type { InputSource } from '../kinds/inputs.ts'
import type { RolloutBatch } from '../records/batch.ts'
import {
  type Column,
  createColumn,
  createRaggedColumn,
  invalidate,
  offsetsOf,
  sealColumn,
} from '../records/column.ts'
import { type Rollout, tokenCount } from '../records/rollout.ts'
import { countWords } from '../signals/length.ts'
import type { Plan } from './plan.ts'

export type DeclaredInputs = Readonly<Record<string, InputSource>> | undefined

/** The key under which an input is kept: equal sources share it; reference scores belong to a signal. */
export function inputKey({ optional, ...source }: InputSource, column?: string): string {
  const parts = Object.values(source)
  return source.from === 'references' ? `references/${signalOf(column!)}` : parts.join('/')
}

function signalOf(column: string): string {
  return column.split('.')[0]!
}

export interface DeclaredInput {
  readonly source: InputSource
  /** the signal whose references are asked for */
  readonly signal: string | undefined
}

/** Every input that the methods of a plan declare, by key, each once. */
export function declaredInputs(plan: Plan): Map<string, DeclaredInput> {
  const declared = new Map<string, DeclaredInput>()
  const add = (inputs: DeclaredInputs, column?: string): void => {
    for (const source of Object.values(inputs ?? {})) {
      const signal = source.from === 'references' ? signalOf(column!) : undefined
      declared.set(inputKey(source, column), { source, signal })
    }
  }
  for (const [column, steps] of plan.shapings)
    for (const { method, parameters } of steps) add(method.inputs?.(parameters), column)
  if (plan.combiner !== undefined) add(plan.combiner.method.inputs?.(plan.combiner.parameters))
  for (let advantage = plan.advantage; advantage !== undefined; advantage = advantage.inner) {
    add(advantage.method.inputs?.(advantage.parameters))
  }
  return declared
}

/** An input of a batch as a column: a row that lacks it is invalid, with the reason. */
export function resolveInput(
  source: Exclude<InputSource, { from: 'references' }>,
  batch: RolloutBatch,
  columns: ReadonlyMap<string, Column>,
): Column {
  const { rollouts } = batch
  switch (source.from) {
    case 'length':
      if (source.unit === 'tokens') return perRollout(rollouts, tokenCount, 'no token count')
      return perRow(batch, source.unit === 'words' ? countWords : (text) => text.length)
    case 'finished':
      return perRollout(
        rollouts,
        ({ finishReason }) => (finishReason === undefined ? undefined : Number(finishReason !== 'length')),
        'no finish_reason',
      )
    case 'training-step':
      return perRollout(rollouts, ({ step }) => step, 'no training step')
    case 'column': {
      const known = columns.get(source.column)
      return (
        known ??
        perRollout(rollouts, (rollout) => loggedNumber(rollout, source.column), `no column ${source.column}`)
      )
    }
    case 'step-tokens':
      return stepTokens(rollouts)
    case 'logprobs':
      return ragged(rollouts, ({ logprobs }) => logprobs)
    case 'reference-logprobs':
      return ragged(rollouts, ({ referenceLogprobs }) => referenceLogprobs)
  }
}

function loggedNumber(rollout: Rollout, name: string): number | undefined {
  const value = rollout.columns?.[name]
  if (typeof value === 'boolean') return Number(value)
  return typeof value === 'number' ? value : undefined
}

function perRollout(
  rollouts: readonly Rollout[],
  read: (rollout: Rollout) => number | undefined,
  reason: string,
): Column {
  const column = createColumn(rollouts.length)
  for (let row = 0; row < rollouts.length; row++) {
    const value = read(rollouts[row]!)
    if (value === undefined) invalidate(column, row, reason)
    else column.values[row] = value
  }
  return sealColumn(column)
}

function perRow(batch: RolloutBatch, measure: (text: string) => number): Column {
  const column = createColumn(batch.size)
  for (let row = 0; row < batch.size; row++) column.values[row] = measure(batch.completions[row]!)
  return column
}

function ragged(
  rollouts: readonly Rollout[],
  read: (rollout: Rollout) => readonly number[] | undefined,
): Column {
  const column = createRaggedColumn('token', offsetsOf(rollouts.map((rollout) => read(rollout)?.length ?? 0)))
  let entry = 0
  for (const rollout of rollouts) for (const value of read(rollout) ?? []) column.values[entry++] = value
  return sealColumn(column)
}

function stepTokens(rollouts: readonly Rollout[]): Column {
  const column = createRaggedColumn('step', offsetsOf(rollouts.map(({ steps }) => steps?.length ?? 0)))
  let entry = 0
  for (const { steps } of rollouts) {
    for (const step of steps ?? []) {
      if (step.tokens === undefined) invalidate(column, entry, 'no token count for the step')
      else column.values[entry] = step.tokens
      entry++
    }
  }
  return column
}
