/**
 * Inputs that describe the same axes have the same shape. NumPy's broadcasting would otherwise turn rewards [n] beside
 * rewards [n, 1] into n² pairs, and nobody would notice.
 */
import type { TensorTree } from '../engine/optimiser.ts'
import { GuerdonError } from '../records/error.ts'
import type { ObjectiveInput } from './objective.ts'

/** The axes that a description names (`[pairs]`, `[lists, width]`), or those of the input before it. */
function axesOf(description: string, before: string | undefined): string | undefined {
  if (description.includes('of the same shape')) return before
  const named = description.match(/\[[a-z][a-z0-9 ,]*\]/g)
  return named === null ? undefined : named.join(' or ')
}

/**
 * A single number may stand for a column of equal ones.
 *
 * @throws GuerdonError ARGUMENT_INVALID naming the two inputs that do not agree
 */
export function checkAgreement(
  objective: string,
  described: Readonly<Record<string, ObjectiveInput>>,
  given: TensorTree,
): void {
  const first = new Map<string, string>()
  let before: string | undefined
  for (const [name, { description }] of Object.entries(described)) {
    const axes = axesOf(description, before)
    before = axes
    const shape = given[name]?.shape
    if (axes === undefined || shape === undefined || shape.length === 0) continue
    const other = first.get(axes)
    if (other === undefined) {
      first.set(axes, name)
      continue
    }
    const wanted = given[other]!.shape
    if (String(shape) !== String(wanted))
      throw new GuerdonError('ARGUMENT_INVALID', `${objective}: "${name}" and "${other}" differ in shape`, {
        found: `[${shape}] and [${wanted}]`,
        expected: `both ${axes}`,
      })
  }
}
