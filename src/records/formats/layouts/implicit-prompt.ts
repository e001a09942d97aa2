/** The prompt that a preference pair does not name: what both of its texts begin with. */
import type { Message, Text } from '../../rollout.ts'

export interface SplitPair {
  readonly prompt: Text
  readonly chosen: Text
  readonly rejected: Text
}

/** Where the assistant's next turn begins, in the transcript formats that preference sets use. */
const turnMarks = [
  '\n\nAssistant:',
  '<|im_start|>assistant\n',
  '<|start_header_id|>assistant<|end_header_id|>\n\n',
  '[/INST]',
]

function sameMessage(one: Message, other: Message): boolean {
  return one.role === other.role && JSON.stringify(one.content) === JSON.stringify(other.content)
}

function splitMessages(chosen: readonly Message[], rejected: readonly Message[]): SplitPair {
  const shorter = Math.min(chosen.length, rejected.length)
  let common = 0
  while (common < shorter && sameMessage(chosen[common]!, rejected[common]!)) common++
  // Equal conversations, or one that begins with the other: the last turns are the completions.
  if (common === shorter) common--
  return { prompt: chosen.slice(0, common), chosen: chosen.slice(common), rejected: rejected.slice(common) }
}

function splitStrings(chosen: string, rejected: string): SplitPair {
  const shorter = Math.min(chosen.length, rejected.length)
  let common = 0
  while (common < shorter && chosen.charCodeAt(common) === rejected.charCodeAt(common)) common++
  const prefix = chosen.slice(0, common)
  let end = 0
  for (const mark of turnMarks) {
    const at = prefix.lastIndexOf(mark)
    if (at !== -1) end = Math.max(end, at + mark.length)
  }
  return { prompt: prefix.slice(0, end), chosen: chosen.slice(end), rejected: rejected.slice(end) }
}

/**
 * Cuts the common beginning off a pair: the common messages, or the longest common beginning that ends where an
 * assistant's turn begins. Strings without such a turn have the empty prompt. Undefined when one text is a string and
 * the other messages, or when a list of messages is empty.
 *
 * @example splitImplicitPrompt('\n\nHuman: Hi\n\nAssistant: Hello', '\n\nHuman: Hi\n\nAssistant: Go away')
 *   // { prompt: '\n\nHuman: Hi\n\nAssistant:', chosen: ' Hello', rejected: ' Go away' }
 */
export function splitImplicitPrompt(chosen: Text, rejected: Text): SplitPair | undefined {
  if (typeof chosen === 'string') {
    return typeof rejected === 'string' ? splitStrings(chosen, rejected) : undefined
  }
  if (typeof rejected === 'string' || chosen.length === 0 || rejected.length === 0) return undefined
  return splitMessages(chosen, rejected)
}
