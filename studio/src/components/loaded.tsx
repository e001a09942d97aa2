import type { ReactNode } from 'react'
import type { QueryState } from '../api/use-query.ts'
import { Failure } from './failure.tsx'
import { Skeleton } from './skeleton.tsx'

interface Props<Answer> {
  readonly query: QueryState<Answer> & { retry(): void }
  /** height and number of the placeholders */
  readonly height: number
  readonly count?: number
  children(answer: Answer): ReactNode
}

/** An answer when it is there, its shape while it loads, the server's sentence when it failed. */
export function Loaded<Answer>({ query, height, count = 1, children }: Props<Answer>) {
  const { answer, error, loading, retry } = query
  return (
    <>
      {error !== undefined && <Failure error={error} retry={retry} />}
      {answer !== undefined ? (
        <div className="loaded" aria-busy={loading}>
          {children(answer)}
        </div>
      ) : (
        error === undefined && <Skeleton height={height} count={count} />
      )}
    </>
  )
}
