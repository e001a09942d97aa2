/** Texts in several requests, some of them at once, and their answers in the order of the texts. */
import { GuerdonError } from '../../records/error.ts'

export interface InRequestsOptions {
  readonly rowsTogether: number
  readonly requestsTogether: number
  readonly abort?: AbortSignal | undefined
  readonly progress?: ((done: number, total: number) => void) | undefined
}

/**
 * Calls `ask` for every run of at most `rowsTogether` rows, at most `requestsTogether` at once. The first failure ends
 * the requests under way and is thrown.
 *
 * @param ask gets the first row and the row behind the last, and a signal that ends its request
 * @throws GuerdonError RUN_CANCELLED, and what `ask` throws
 */
export async function inRequests(
  rows: number,
  options: InRequestsOptions,
  ask: (start: number, end: number, abort: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController()
  const abort = options.abort === undefined ? stop.signal : AbortSignal.any([stop.signal, options.abort])
  let next = 0
  let done = 0
  const work = async () => {
    while (next < rows) {
      if (options.abort?.aborted) throw new GuerdonError('RUN_CANCELLED', 'the requests were cancelled')
      if (stop.signal.aborted) return
      const start = next
      const end = Math.min(rows, start + options.rowsTogether)
      next = end
      await ask(start, end, abort)
      done += end - start
      options.progress?.(done, rows)
    }
  }
  let first: { readonly reason: unknown } | undefined
  const guarded = async () => {
    try {
      await work()
    } catch (reason) {
      first ??= { reason }
      stop.abort()
    }
  }
  const workers = Math.min(options.requestsTogether, Math.ceil(rows / options.rowsTogether))
  await Promise.all(Array.from({ length: workers }, guarded))
  if (first !== undefined) throw first.reason
}
