/** What the server tells whoever watches it: metrics and traces. */
import type { ScoringListener } from './scoring/scoring-listener.ts'

/** A request that is over: answered, or left by its client (status 499). */
export interface RequestEvent {
  /** the route's protocol, or `server` for the server's own addresses */
  readonly protocol: string
  readonly status: number
  /** from the first header to the last byte of the answer */
  readonly seconds: number
}

export interface ServiceObserver extends ScoringListener {
  onRequest?(event: RequestEvent): void
}
