/**
 * The answer inside `<answer>` tags of a completion, and whether a completion keeps the one-line form of thought and
 * answer. Source: paper 49 (BLEUBERI), training/dataset.py.
 */
import { trim } from './whitespace.ts'

/**
 * The text that is compared with references: between the first `<answer>` and the next `</answer>` if both tags occur,
 * all after the first `<answer>` if only that does, otherwise the whole completion; trimmed.
 *
 * @example answerText('<think>a</think><answer> The cat. </answer>') // 'The cat.'
 */
export function answerText(completion: string): string {
  const open = completion.indexOf('<answer>')
  if (open < 0) return trim(completion)
  const start = open + '<answer>'.length
  const close = completion.indexOf('</answer>', start)
  return trim(close < 0 ? completion.slice(start) : completion.slice(start, close))
}

/**
 * 1 if the whole completion is `<think>…</think><answer>…</answer>` on one line, else 0. A line feed anywhere makes it 0.
 *
 * @example thoughtAndAnswerFormat('<think>x</think><answer>y</answer>') // 1
 */
export function thoughtAndAnswerFormat(completion: string): 0 | 1 {
  if (!completion.startsWith('<think>') || !completion.endsWith('</answer>') || completion.includes('\n'))
    return 0
  const middle = completion.indexOf('</think><answer>', '<think>'.length)
  return middle >= 0 && middle + '</think><answer>'.length <= completion.length - '</answer>'.length ? 1 : 0
}
