/**
 * A chat in one string, as trainers send it to a reward model: where the prompt ends and the last answer begins.
 * The split reads the marks of the usual chat templates. It trusts the text: an answer that writes such a mark itself
 * moves the split, so protocols that send the prompt apart are safer.
 */

/** Tokens that end a turn; decoded completions carry them at their end. */
export const END_OF_TURN_TOKENS: readonly string[] = [
  '</s>',
  '<|im_end|>',
  '<|eot_id|>',
  '<end_of_turn>',
  '<|endoftext|>',
]

interface ChatFamily {
  /** what must stand in the text for it to be of this family */
  readonly sign: string
  /** what the assistant's turn begins with */
  readonly opening: string
  readonly ends: readonly string[]
}

const families: readonly ChatFamily[] = [
  { sign: '<|im_start|>', opening: '<|im_start|>assistant', ends: ['<|im_end|>', '<|endoftext|>'] },
  {
    sign: '<|start_header_id|>',
    opening: '<|start_header_id|>assistant<|end_header_id|>',
    ends: ['<|eot_id|>', '<|end_of_text|>'],
  },
  { sign: '<start_of_turn>', opening: '<start_of_turn>model', ends: ['<end_of_turn>', '<eos>'] },
  { sign: '[INST]', opening: '[/INST]', ends: ['</s>'] },
  { sign: 'Human:', opening: '\n\nAssistant:', ends: ['\n\nHuman:', '</s>'] },
]

export interface SplitChat {
  /** everything up to the answer, marks included; empty when the text is no chat */
  readonly prompt: string
  readonly completion: string
}

/**
 * Splits a chat at its last assistant turn; a text without the marks of a known template is all completion.
 *
 * @example splitChatText('<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nHello!<|im_end|>\n').completion // 'Hello!'
 */
export function splitChatText(text: string): SplitChat {
  for (const { sign, opening, ends } of families) {
    if (!text.includes(sign)) continue
    const mark = text.lastIndexOf(opening)
    if (mark < 0) continue
    let start = mark + opening.length
    // White space behind the mark belongs to the template.
    while (start < text.length && /\s/.test(text[start]!)) start++
    let end = text.length
    for (const token of ends) {
      const found = text.indexOf(token, start)
      if (found >= 0 && found < end) end = found
    }
    return { prompt: text.slice(0, start), completion: text.slice(start, end) }
  }
  return { prompt: '', completion: stripEndOfTurn(text, END_OF_TURN_TOKENS) }
}

/**
 * The text without the end-of-turn tokens at its end, and without the white space between and behind them.
 *
 * @example stripEndOfTurn('42<|im_end|>\n', END_OF_TURN_TOKENS) // '42'
 */
export function stripEndOfTurn(text: string, tokens: readonly string[]): string {
  let rest = text
  for (;;) {
    const trimmed = rest.trimEnd()
    const token = tokens.find((candidate) => candidate !== '' && trimmed.endsWith(candidate))
    if (token === undefined) return rest
    rest = trimmed.slice(0, -token.length)
  }
}

/**
 * The completion in a text that holds prompt and completion. Where the prompt is no prefix (decoding may change white
 * space), the longest common prefix is cut, and `cut` says how much of the prompt that was.
 *
 * @example cutPrompt('Q: 1+1?\nA: 2', 'Q: 1+1?\nA:') // { completion: ' 2', cut: undefined }
 */
export function cutPrompt(
  text: string,
  prompt: string,
): { readonly completion: string; readonly cut: number | undefined } {
  if (text.startsWith(prompt)) return { completion: text.slice(prompt.length), cut: undefined }
  let common = 0
  while (common < text.length && common < prompt.length && text[common] === prompt[common]) common++
  // A surrogate pair stays whole.
  if (common > 0 && (text.charCodeAt(common - 1) & 0xfc00) === 0xd800) common--
  return { completion: text.slice(common), cut: common }
}
