/** Labels that name one of several classes. */
import type { HostTensor } from '../engine/host-tensor.ts'
import { GuerdonError } from '../records/error.ts'

/** @throws GuerdonError ARGUMENT_INVALID for a label that is no class, unless it is the one that is ignored */
export function checkClasses(labels: HostTensor, classes: number, ignore?: number): void {
  const wrong = Array.from(labels.values).find(
    (value) => value !== ignore && !(Number.isInteger(value) && value >= 0 && value < classes),
  )
  if (wrong !== undefined)
    throw new GuerdonError('ARGUMENT_INVALID', 'a label is out of range', {
      found: wrong,
      expected: `a whole number from 0 to ${classes - 1}${ignore === undefined ? '' : `, or ${ignore}`}`,
    })
}
