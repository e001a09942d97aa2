/** Which rows count as correct for the shapings that treat right and wrong completions differently. */
import { z } from 'zod'
import type { InputSource, Inputs } from '../kinds/inputs.ts'
import type { Column } from '../records/column.ts'
import { inputColumn, requireInput } from './declared-inputs.ts'

/** The two parameters that name correctness; spread them into a shaping's schema. */
export const correctnessParameters = {
  correct: z
    .string()
    .optional()
    .describe('column that says whether the completion is correct; the shaped column itself if left out'),
  correctAt: z.number().default(0.5).describe('a row is correct from this value on'),
}

/** The declared input that goes with `correctnessParameters`. */
export function correctnessInput(correct: string | undefined): Readonly<Record<string, InputSource>> {
  return correct === undefined ? {} : { correct: { from: 'column', column: correct } }
}

/**
 * 1 for every correct row, 0 for the others and for invalid ones. A row whose correctness column is invalid becomes
 * invalid in `result`.
 */
export function correctRows(
  result: Column,
  inputs: Inputs,
  { correct, correctAt }: { readonly correct?: string | undefined; readonly correctAt: number },
): Uint8Array {
  const source =
    correct === undefined ? result : requireInput(result, inputColumn(inputs, 'correct'), 'correctness')
  const rows = new Uint8Array(source.values.length)
  for (let row = 0; row < rows.length; row++) {
    rows[row] = source.valid[row] === 1 && source.values[row]! >= correctAt ? 1 : 0
  }
  return rows
}
