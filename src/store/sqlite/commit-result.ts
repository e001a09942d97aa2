/** What the writing thread replied, as the group commit hands it to whoever waits. */
import { GuerdonError } from '../../records/error.ts'
import type { CommitResult } from '../group-commit.ts'
import type { AppendReply, WriteReply } from './write.ts'

/** What a request is resolved with: answers of known keys, the number of an alert, or null when all of it was stored. */
export type WriteValue = AppendReply | number | null

/** @param location of the store, for the sentence */
export function commitResult(reply: WriteReply, location: string): CommitResult<WriteValue> {
  if (reply === null) return { ok: true, value: null }
  if (reply.kind === 'done') return { ok: true, value: reply.value }
  const error =
    reply.kind === 'failed'
      ? new GuerdonError('STORE_FAILED', reply.sentence)
      : new GuerdonError('STORE_UNKNOWN_RUN', `the store ${location} holds no such run`, { found: reply.run })
  return { ok: false, error }
}
