/** Turns declared inputs into columns: lengths, finish reasons, other columns, reference scores, log-probabilities. */
import type { InputSource, Inputs } from '../kinds/inputs.ts'
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

export interface InputContext {
  readonly batch: RolloutBatch
  /** every signal's column before shaping, parts included */
  readonly columns: ReadonlyMap<string, Column>
  /** reference scores for the signal of the column at hand */
  readonly references: () => Column
}

/** Resolves every declared input of a method, in one pass over the rollouts each. */
export function resolveInputs(
  declared: Readonly<Record<string, InputSource>> | undefined,
  context: InputContext,
): Inputs {
  const resolved: Record<string, Column> = {}
  for (const [alias, source] of Object.entries(declared ?? {})) {
    const column = resolve(source, context)
    if (column !== undefined) resolved[alias] = column
  }
  return resolved
}

/** An optional input that no row has is left out, so that a method can tell "not given" from "invalid". */
function resolve(source: InputSource, context: InputContext): Column | undefined {
  const column = columnFor(source, context)
  return source.optional === true && column.valid.every((flag) => flag === 0) ? undefined : column
}

function columnFor(source: InputSource, { batch, columns, references }: InputContext): Column {
  const { rollouts } = batch
  switch (source.from) {
    case 'length':
      if (source.unit === 'tokens') return perRollout(rollouts, tokenCount, 'no token count')
      return perRow(
        batch,
        source.unit === 'words' ? (text) => text.match(/\S+/g)?.length ?? 0 : (text) => text.length,
      )
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
    case 'references':
      return references()
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
