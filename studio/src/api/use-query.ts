import { useEffect, useState } from 'react'
import { ApiError, ask } from './client.ts'

export interface QueryState<Answer> {
  readonly answer: Answer | undefined
  readonly error: ApiError | undefined
  /** an answer is on its way; `answer` may still be the one before */
  readonly loading: boolean
}

/**
 * The answer of an API address. A new address aborts the request before; while a new answer of the same path is on
 * its way (another range, newer batches) the old one stays, so that nothing flickers.
 */
export function useQuery<Answer>(
  address: string | null,
  generation = 0,
): QueryState<Answer> & { retry(): void } {
  const [state, setState] = useState<QueryState<Answer> & { readonly path: string }>({
    answer: undefined,
    error: undefined,
    loading: true,
    path: '',
  })
  const [attempt, setAttempt] = useState(0)
  const path = address?.split('?')[0] ?? ''

  // biome-ignore lint/correctness/useExhaustiveDependencies: a generation or a retry asks the same address again
  useEffect(() => {
    if (address === null) return
    const abort = new AbortController()
    setState((before) =>
      before.path === path
        ? { ...before, loading: true }
        : { answer: undefined, error: undefined, loading: true, path },
    )
    ask<Answer>(address, abort.signal).then(
      (answer) => setState({ answer, error: undefined, loading: false, path }),
      (error) => {
        if (abort.signal.aborted) return
        const known = error instanceof ApiError ? error : new ApiError('UNREADABLE', String(error))
        setState((before) => ({ ...before, error: known, loading: false }))
      },
    )
    return () => abort.abort()
  }, [address, path, generation, attempt])

  // An answer of another path must never be seen, not even for one frame.
  const fresh = state.path === path
  return {
    answer: fresh ? state.answer : undefined,
    error: fresh ? state.error : undefined,
    loading: fresh ? state.loading : true,
    retry: () => setAttempt((count) => count + 1),
  }
}
