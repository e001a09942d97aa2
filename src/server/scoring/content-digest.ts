/** Digests of what a request holds: equal content, equal digest, so that repeats and known verdicts are recognised. */
import { hash } from 'node:crypto'
import type { Rollout } from '../../records/rollout.ts'

/**
 * Everything that a signal may read of a rollout but its id and its training step, as one text; different rollouts
 * have different texts. The group counts: a name that the trainer gave may carry meaning.
 */
function contentOf(rollout: Rollout): string {
  const { id: _id, step: _step, group, prompt, completion, reference, ...rest } = rollout
  let more = ''
  for (const _field in rest) {
    more = JSON.stringify(rest)
    break
  }
  const plain =
    typeof prompt === 'string' &&
    typeof completion === 'string' &&
    (reference === undefined || typeof reference === 'string')
  // Lengths in front of the parts keep two different splits of the same characters apart.
  return plain
    ? `s${group.length},${prompt.length},${completion.length},${reference?.length ?? -1},${more.length}\n${group}${prompt}${completion}${reference ?? ''}${more}`
    : `j${more.length}\n${JSON.stringify([group, prompt, completion, reference])}${more}`
}

/** SHA-256 of a rollout's content, without its id and training step: the same answer later keeps its verdict. */
export function rolloutDigest(rollout: Rollout): string {
  return hash('sha256', contentOf(rollout))
}

/** SHA-256 of a whole request: its protocol, and each rollout's id, step and content, in order. */
export function requestDigest(protocol: string, rollouts: readonly Rollout[]): string {
  const parts: string[] = [protocol]
  for (const rollout of rollouts) {
    const { id, step } = rollout
    parts.push(`${id.length},${step ?? ''}\n${id}`, contentOf(rollout))
  }
  return hash('sha256', parts.join('\n'))
}
