/** Asks the studio's API. Types come from the schemas that the server answers by. */

/** What went wrong, as the one sentence that the server said. */
export class ApiError extends Error {
  readonly code: string

  constructor(code: string, sentence: string) {
    super(sentence)
    this.code = code
  }
}

export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>

/** The address of an API call; parameters that are null, undefined or empty are left out. */
export function apiAddress(path: string, query: Query = {}): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') search.set(name, String(value))
  }
  return `/studio/api${path}${search.size === 0 ? '' : `?${search}`}`
}

/**
 * Gets one answer.
 *
 * @throws ApiError with the server's sentence; an abort passes through as it is
 */
export async function ask<Answer>(address: string, abort: AbortSignal): Promise<Answer> {
  let response: Response
  try {
    response = await fetch(address, { signal: abort, headers: { accept: 'application/json' } })
  } catch (cause) {
    if (abort.aborted) throw cause
    throw new ApiError('UNREACHABLE', 'The server does not answer; it may have stopped.')
  }
  if (response.ok) return (await response.json()) as Answer
  const body: unknown = await response.json().catch(() => null)
  const { code, message } = (body as { error?: { code?: string; message?: string } } | null)?.error ?? {}
  throw new ApiError(code ?? String(response.status), message ?? `The server answered ${response.status}.`)
}
