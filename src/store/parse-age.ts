/** Ages as people write them: `90m`, `12h`, `30d`. */

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 } as const

/** What `parseAge` understands, for sentences about what it does not. */
export const AGE_FORM = 'a number with s, m, h, d or w: 30d'

/**
 * Seconds of an age: a number and `s`, `m`, `h`, `d` or `w`. Undefined for anything else.
 *
 * @example parseAge('2h') // 7200
 */
export function parseAge(age: string): number | undefined {
  const [, count, unit] = /^(\d{1,9}(?:\.\d+)?)([smhdw])$/.exec(age) ?? []
  return count === undefined ? undefined : Number(count) * SECONDS[unit as keyof typeof SECONDS]
}
