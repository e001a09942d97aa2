/** What searches look at of a text. */
import type { Text } from '../records/rollout.ts'

/** A string as it is; of chat messages every text content, each ended by a line break. */
export function plainText(text: Text): string {
  if (typeof text === 'string') return text
  let plain = ''
  for (const { content } of text) {
    if (typeof content === 'string') plain += `${content}\n`
    else if (content !== null)
      for (const part of content) plain += part.text === undefined ? '' : `${part.text}\n`
  }
  return plain
}
