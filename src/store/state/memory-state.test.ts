import { MemoryState } from './memory-state.ts'
import { keepsState } from './state-store.contract.ts'

// One process is all its replicas: they share one state.
keepsState('memory', async (replicas, initial, rememberSeconds) => {
  const state = new MemoryState({ initial, rememberSeconds })
  return Array.from({ length: replicas }, () => state)
})
