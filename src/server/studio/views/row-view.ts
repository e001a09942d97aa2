/** A stored row as the pages show it. */
import {
  completionText,
  type Message,
  referencesOf,
  type Text,
  tokenCount,
} from '../../../records/rollout.ts'
import type { StoredRow } from '../../../store/store.ts'
import type { Row } from '../schemas.ts'

/** A prompt as messages; a plain one is one message of the user. */
function messagesOf(prompt: Text): Row['prompt'] {
  if (typeof prompt === 'string') return [{ role: 'user', content: prompt }]
  return prompt.map((message) => ({ role: message.role, content: contentOf(message) }))
}

function contentOf({ content }: Message): string {
  if (typeof content === 'string') return content
  return content === null || content === undefined
    ? ''
    : content.map(({ text, type }) => (typeof text === 'string' ? text : `[${type}]`)).join('')
}

export function rowView({ rollout, scores, ...stored }: StoredRow): Row {
  const completion = completionText(rollout.completion)
  return {
    sequence: stored.sequence,
    id: rollout.id,
    group: rollout.group,
    step: rollout.step ?? null,
    batch: stored.batch,
    protocol: stored.protocol,
    receivedAt: stored.receivedAt,
    prompt: messagesOf(rollout.prompt),
    completion,
    reference: [...referencesOf(rollout)],
    reward: scores.reward,
    advantage: scores.advantage,
    columns: scores.columns as Row['columns'],
    reasons: scores.reasons,
    logged: rollout.columns ?? {},
    finishReason: rollout.finishReason ?? null,
    length: tokenCount(rollout) ?? completion.length,
    repeats: stored.repeats,
  }
}
