/** Opens the state of a served reward where the configuration says it lives. */
import type { RewardState } from '../../reward/score.ts'
import { MemoryState } from './memory-state.ts'
import type { StateScope, StateStore } from './state-store.ts'

export interface OpenStateOptions {
  /** address of the Redis that replicas share; without it the state lives in this process */
  readonly redis?: string | undefined
  readonly scope: StateScope
  /** the checkpoint to go on from; a state that Redis already holds wins over it */
  readonly initial?: RewardState | undefined
  /** how long the answers of applied requests are kept (default one hour) */
  readonly rememberSeconds?: number | undefined
}

/**
 * Opens a state: in Redis when an address is given, else in memory.
 *
 * @throws GuerdonError ARGUMENT_INVALID for an address that is none, STORE_FAILED when Redis does not answer
 */
export async function openState({ redis, ...options }: OpenStateOptions): Promise<StateStore> {
  if (redis === undefined) return new MemoryState(options)
  // The client is loaded only where it is used.
  const { openRedisState } = await import('./redis-state.ts')
  return openRedisState({ ...options, url: redis })
}
