/** Digests of what a request holds: equal content, equal digest, so that repeats and known verdicts are recognised. */
import { hash } from 'node:crypto'
import type { Rollout } from '../../records/rollout.ts'

/**
 * SHA-256 of everything that a signal may read of a rollout but its id. The group counts too: a name that the
 * trainer gave may carry meaning. The training step counts only when asked for (`withStep`), so that the same answer
 * at a later step keeps its verdict.
 */
export function rolloutDigest(rollout: Rollout, withStep: boolean): string {
  const { id: _, group, prompt, completion, reference, step, ...rest } = rollout
  const plain =
    typeof prompt === 'string' &&
    typeof completion === 'string' &&
    (reference === undefined || typeof reference === 'string')
  // Lengths in front of the parts keep two different splits of the same characters apart.
  const head = plain
    ? `${prompt.length},${completion.length},${reference?.length ?? -1},${group}\n${prompt}${completion}${reference ?? ''}`
    : JSON.stringify([group, prompt, completion, reference])
  let more = ''
  for (const _field in rest) {
    more = JSON.stringify(rest)
    break
  }
  return hash('sha256', `${plain ? 's' : 'j'}${withStep ? (step ?? '') : ''}\n${more.length}\n${more}${head}`)
}

/** SHA-256 of a whole request: its protocol, and each row's digest, id and step, in order. */
export function requestDigest(
  protocol: string,
  rollouts: readonly Rollout[],
  rowDigests: readonly string[],
): string {
  let text = protocol
  for (let row = 0; row < rollouts.length; row++) {
    const { id, step } = rollouts[row]!
    text += `\n${rowDigests[row]} ${step ?? ''} ${id}`
  }
  return hash('sha256', text)
}
