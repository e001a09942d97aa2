/** `guerdon/server`: serving a reward from a program of one's own, and reading what a server kept. */
export { assemble } from './server/assemble.ts'
export { parseServeOptions, type ServeOptions } from './server/options.ts'
export type { Call, Reply, Route } from './server/route.ts'
export type { ScoredEvent, ScoringListener } from './server/scoring/scoring-listener.ts'
export {
  type RunningServer,
  type ServerParts,
  type Surroundings,
  startServer,
} from './server/serve.ts'
export { openStore } from './store/open-store.ts'
export type * from './store/store.ts'
