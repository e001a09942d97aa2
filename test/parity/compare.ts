/** How a vector's expectation and our answer are compared: the rules of the vectors' own page. */

const special = new Map<unknown, number>([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
])

/** Typed arrays and maps as plain JSON values, so that adapters need not copy them. */
export function plain(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array)
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, entry]) => [key, plain(entry)]))
  if (Array.isArray(value)) return value.map(plain)
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plain(entry)]))
  }
  return value
}

/**
 * The first difference between an answer and an expectation, as a sentence with the field's path; undefined if they
 * agree. A number agrees within tolerance · max(1, |expected|); text, booleans, null and lengths agree exactly.
 */
export function firstDifference(
  actual: unknown,
  expected: unknown,
  tolerance: number,
  path = '',
): string | undefined {
  const at = path === '' ? 'the answer' : path
  const wanted = special.get(expected) ?? expected
  if (typeof wanted === 'number') {
    if (typeof actual === 'boolean') return firstDifference(Number(actual), wanted, tolerance, path)
    if (typeof actual !== 'number') return `${at} is ${JSON.stringify(actual)}, expected ${wanted}`
    if (Object.is(actual, wanted) || actual === wanted) return undefined
    if (Number.isFinite(wanted) && Math.abs(actual - wanted) <= tolerance * Math.max(1, Math.abs(wanted)))
      return undefined
    return `${at} is ${actual}, expected ${wanted}`
  }
  if (Array.isArray(wanted)) {
    if (!Array.isArray(actual)) return `${at} is ${JSON.stringify(actual)}, expected a list`
    if (actual.length !== wanted.length)
      return `${at} has ${actual.length} entries, expected ${wanted.length}`
    for (let index = 0; index < wanted.length; index++) {
      const difference = firstDifference(actual[index], wanted[index], tolerance, `${path}[${index}]`)
      if (difference !== undefined) return difference
    }
    return undefined
  }
  if (wanted !== null && typeof wanted === 'object') {
    if (actual === null || typeof actual !== 'object')
      return `${at} is ${JSON.stringify(actual)}, expected an object`
    for (const [field, entry] of Object.entries(wanted)) {
      const place = path === '' ? field : `${path}.${field}`
      if (!(field in actual)) return `${place} is missing`
      // An expected error may have any text.
      if (field === 'error' && typeof (actual as Record<string, unknown>).error === 'string') continue
      const difference = firstDifference((actual as Record<string, unknown>)[field], entry, tolerance, place)
      if (difference !== undefined) return difference
    }
    return undefined
  }
  return actual === wanted
    ? undefined
    : `${at} is ${JSON.stringify(actual)}, expected ${JSON.stringify(wanted)}`
}
