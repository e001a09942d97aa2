/** Which page an address names, and the address of each page. */

export type RunPage = 'run' | 'anatomy' | 'groups'
export type Route =
  | { readonly page: 'now' }
  | { readonly page: RunPage; readonly run: string }
  | { readonly page: 'group'; readonly run: string; readonly group: string }
  | { readonly page: 'row'; readonly run: string; readonly sequence: string }
  | { readonly page: 'unknown' }

/**
 * Reads a path. A path that names no page is `unknown`, never a guess.
 *
 * @example routeOf('/runs/r1/anatomy') // { page: 'anatomy', run: 'r1' }
 */
export function routeOf(path: string): Route {
  let parts: string[]
  try {
    parts = path.split('/').filter(Boolean).map(decodeURIComponent)
  } catch {
    return { page: 'unknown' }
  }
  if (parts.length === 0) return { page: 'now' }
  const [first, run, third, fourth] = parts
  if (first !== 'runs' || run === undefined || parts.length > 4) return { page: 'unknown' }
  if (third === undefined) return { page: 'run', run }
  if (fourth === undefined)
    return third === 'anatomy' || third === 'groups' ? { page: third, run } : { page: 'unknown' }
  if (third === 'groups') return { page: 'group', run, group: fourth }
  if (third === 'rows' && /^\d+$/.test(fourth)) return { page: 'row', run, sequence: fourth }
  return { page: 'unknown' }
}

/** Steps (or rows) that a page is narrowed to; null = open on that side. */
export interface Range {
  readonly from: number | null
  readonly to: number | null
}

/** The range in a query; what is no number counts as open. */
export function rangeOf(query: URLSearchParams): Range {
  const read = (name: string): number | null => {
    const text = query.get(name)
    return text !== null && /^-?\d+$/.test(text) ? Number(text) : null
  }
  return { from: read('from'), to: read('to') }
}

export function rangeQuery({ from, to }: Range): string {
  const query = new URLSearchParams()
  if (from !== null) query.set('from', String(from))
  if (to !== null) query.set('to', String(to))
  return query.size === 0 ? '' : `?${query}`
}

/** Address of a run's page, the range kept. */
export function runAddress(
  run: string,
  page: RunPage = 'run',
  range: Range = { from: null, to: null },
): string {
  return `/runs/${encodeURIComponent(run)}${page === 'run' ? '' : `/${page}`}${rangeQuery(range)}`
}

export function rowAddress(run: string, sequence: number): string {
  return `/runs/${encodeURIComponent(run)}/rows/${sequence}`
}

export function groupAddress(run: string, group: string, step: number | null): string {
  return `/runs/${encodeURIComponent(run)}/groups/${encodeURIComponent(group)}${step === null ? '' : `?step=${step}`}`
}
