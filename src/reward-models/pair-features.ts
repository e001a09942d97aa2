/** Features that stand in the data themselves, for rewards that read no text. */
import { GuerdonError } from '../records/error.ts'
import type { PreferencePair } from '../records/preference.ts'

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)

/** True and false count as 1 and 0; cells of a CSV file are text. */
export function featureOf(value: unknown): unknown {
  if (typeof value === 'boolean') return Number(value)
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : value
}

/**
 * The named features of one side of a pair, written into `into` from `at` on: from the object `chosen_features` or
 * `rejected_features`, else from the columns `chosen_NAME` and `rejected_NAME`.
 *
 * @param missing what a feature that is not there is: an error, or NaN
 * @throws GuerdonError DATA_FIELD_MISSING or DATA_FIELD_INVALID naming the pair and the feature
 */
export function readPairFeatures(
  pair: PreferencePair,
  side: 'chosen' | 'rejected',
  names: readonly string[],
  into: Float32Array,
  at: number,
  missing: 'refuse' | 'NaN' = 'refuse',
): void {
  const columns = pair.metadata ?? {}
  const object = columns[`${side}_features`]
  for (const [index, name] of names.entries()) {
    const inObject = object !== null && typeof object === 'object' && Object.hasOwn(object, name)
    const field = inObject ? `${side}_features.${name}` : `${side}_${name}`
    const found = inObject ? (object as Record<string, unknown>)[name] : columns[field]
    const value = featureOf(found)
    if (isNumber(value)) into[at + index] = value
    else if ((value === undefined || value === null) && missing === 'NaN') into[at + index] = Number.NaN
    else if (value === undefined || value === null)
      throw new GuerdonError('DATA_FIELD_MISSING', 'is missing', {
        where: { row: pair.id, field },
        expected: `a number here or in "${side}_features"`,
      })
    else
      throw new GuerdonError('DATA_FIELD_INVALID', 'is no feature', {
        where: { row: pair.id, field },
        found,
        expected: 'a finite number',
      })
  }
}
