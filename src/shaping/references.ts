/**
 * Scores of a prompt's reference completions, as shapings read them: a ragged column, one list a rollout. Invalid
 * reference scores are skipped; a rollout without a valid one has no reference.
 */
import type { Inputs } from '../kinds/inputs.ts'
import { type Column, invalidate, rolloutsOf } from '../records/column.ts'
import { GuerdonError } from '../records/error.ts'
import { inputColumn } from './declared-inputs.ts'

/** The one input of every shaping that looks at references. */
export const REFERENCES_INPUT = { references: { from: 'references' } } as const

/**
 * The references that belong to a column of one score a rollout.
 * @throws GuerdonError ARGUMENT_INVALID when the column is ragged or the references speak of other rollouts
 */
export function referencesFor(column: Column, inputs: Inputs): Column {
  const references = inputColumn(inputs, 'references')
  if (column.offsets !== undefined || rolloutsOf(references) !== column.values.length) {
    throw new GuerdonError('ARGUMENT_INVALID', 'references cannot be compared with this column', {
      expected: 'one score a rollout and one list of reference scores a rollout',
      found: `a column of grain ${column.grain}, references of ${rolloutsOf(references)} rollouts`,
    })
  }
  return references
}

/** Entry of rollout `row`'s first reference; a column that is not ragged has one reference a rollout. */
export function firstReference(references: Column, row: number): number {
  return references.offsets === undefined ? row : references.offsets[row]!
}

/**
 * (1/M)·Σ_m curve(r − r_ref,m) over the first M valid references of each rollout (fewer when it has fewer).
 *
 * @param limit M
 * @returns one number a rollout; NaN for an invalid reward and for a rollout without a valid reference
 */
export function meanOverReferences(
  rewards: Float64Array,
  valid: Uint8Array,
  references: Column,
  limit: number,
  curve: (difference: number) => number,
): Float64Array {
  const means = new Float64Array(rewards.length).fill(Number.NaN)
  for (let row = 0; row < rewards.length; row++) {
    if (valid[row] === 0) continue
    const end = firstReference(references, row + 1)
    let used = 0
    let sum = 0
    for (let entry = firstReference(references, row); entry < end && used < limit; entry++) {
      if (references.valid[entry] === 0) continue
      sum += curve(rewards[row]! - references.values[entry]!)
      used++
    }
    if (used > 0) means[row] = sum / used
  }
  return means
}

/** Writes shaped values into the valid rows of `result`; NaN there means that the row has no reference. */
export function writeOrReject(result: Column, shaped: Float64Array, references: Column): Column {
  for (let row = 0; row < shaped.length; row++) {
    if (result.valid[row] === 0) continue
    if (Number.isNaN(shaped[row]!)) invalidate(result, row, missingReason(references, row))
    else result.values[row] = shaped[row]!
  }
  return result
}

function missingReason(references: Column, row: number): string {
  const first = firstReference(references, row)
  const why = first < firstReference(references, row + 1) ? references.reasons?.[first] : undefined
  if (why === undefined) return 'no reference'
  return why.startsWith('no reference') ? why : `no reference: ${why}`
}
