/**
 * The text that stands for a conversation where a model reads it: the prompt and the completion together, laid out as
 * the model was trained to see them, or the completion alone.
 */
import { completionText, type Message, promptText, type Text } from '../records/rollout.ts'

/**
 * How a conversation is laid out. `plain`: the texts, a blank line between them. `chatml`: `<|im_start|>ROLE`, a line
 * break, the content, `<|im_end|>` (Qwen, SmolLM, Yi, …). `llama-3`: header tokens around the role, `<|eot_id|>` after
 * the content. No layout adds a system message of its own or a BOS token; tokenizers add the latter.
 */
export const CONVERSATION_TEMPLATES = ['plain', 'chatml', 'llama-3'] as const

export type ConversationTemplate = (typeof CONVERSATION_TEMPLATES)[number]

interface Turn {
  readonly role: string
  readonly content: string
}

function contentOf(message: Message): string {
  return completionText([message])
}

function turnsOf(text: Text, role: string): Turn[] {
  if (typeof text === 'string') return [{ role, content: text }]
  return text.map((message) => ({ role: message.role, content: contentOf(message) }))
}

const LAYOUTS: Readonly<Record<Exclude<ConversationTemplate, 'plain'>, (turn: Turn) => string>> = {
  chatml: ({ role, content }) => `<|im_start|>${role}\n${content}<|im_end|>\n`,
  // The template of Llama 3 takes white space off both ends of a content.
  'llama-3': ({ role, content }) =>
    `<|start_header_id|>${role}<|end_header_id|>\n\n${content.trim()}<|eot_id|>`,
}

/**
 * The text that is encoded for a prompt and its completion.
 *
 * A string prompt is a user's turn and a string completion an assistant's; messages keep their roles. `completion`
 * leaves the prompt out and the layout off: it is the last assistant message, as it is.
 *
 * @param how `together`, or the `completion` alone
 * @param template layout of `together`; default plain
 * @example encodedText('2 + 2?', '4', 'together') // '2 + 2?\n\n4'
 * @example encodedText('2 + 2?', '4', 'completion') // '4'
 * @example encodedText('Hi', 'Hello', 'together', 'chatml') // '<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nHello<|im_end|>\n'
 */
export function encodedText(
  prompt: Text,
  completion: Text,
  how: 'together' | 'completion',
  template: ConversationTemplate = 'plain',
): string {
  if (how === 'completion') return completionText(completion)
  if (template !== 'plain')
    return [...turnsOf(prompt, 'user'), ...turnsOf(completion, 'assistant')].map(LAYOUTS[template]).join('')
  const asked = promptText(prompt)
  const answered = completionText(completion)
  return asked === '' ? answered : `${asked}\n\n${answered}`
}

/**
 * The text in front of a completion, up to where an assistant begins to write: what a causal model reads before it.
 *
 * @example promptBefore('Hi', 'chatml') // '<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n'
 */
export function promptBefore(prompt: Text, template: ConversationTemplate = 'plain'): string {
  if (template === 'plain') return promptText(prompt)
  const turns = turnsOf(prompt, 'user').map(LAYOUTS[template]).join('')
  return template === 'chatml'
    ? `${turns}<|im_start|>assistant\n`
    : `${turns}<|start_header_id|>assistant<|end_header_id|>\n\n`
}
