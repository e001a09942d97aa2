import type { ApiError } from '../api/client.ts'

/** What went wrong, in the server's sentence. */
export function Failure({ error, retry }: { error: ApiError; retry(): void }) {
  return (
    <div className="notice failed" role="alert">
      <p>
        <strong>■ {error.message}</strong>
      </p>
      <button type="button" className="button" onClick={retry}>
        Try again
      </button>
    </div>
  )
}
