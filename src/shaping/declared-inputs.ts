/** How shapings read their declared inputs: a missing entry makes the row invalid with the input's own reason. */
import { z } from 'zod'
import type { Inputs } from '../kinds/inputs.ts'
import { type Column, invalidate } from '../records/column.ts'
import { GuerdonError } from '../records/error.ts'

/** The parameter that says in what a length is counted. */
export const lengthUnit = z.enum(['tokens', 'characters', 'words'])

/**
 * The column of a declared input.
 * @throws GuerdonError ARGUMENT_INVALID when the caller gave none under this alias
 */
export function inputColumn(inputs: Inputs, alias: string): Column {
  const column = inputs[alias]
  if (column === undefined) {
    throw new GuerdonError('ARGUMENT_INVALID', `the input "${alias}" was not given`, {
      expected: 'every declared input of the shaping',
    })
  }
  return column
}

/**
 * Makes every entry of `result` invalid whose rollout has no valid value in `input` (rollout grain), with the
 * input's reason, or with "no NAME" where it gives none. Returns `input`.
 */
export function requireInput(result: Column, input: Column, name: string): Column {
  const { valid } = input
  for (let row = 0; row < valid.length; row++) {
    if (valid[row] === 1) continue
    const reason = input.reasons?.[row] ?? `no ${name}`
    const start = result.offsets === undefined ? row : result.offsets[row]!
    const end = result.offsets === undefined ? row + 1 : result.offsets[row + 1]!
    for (let entry = start; entry < end; entry++) {
      if (result.valid[entry] === 1) invalidate(result, entry, reason)
    }
  }
  return input
}
