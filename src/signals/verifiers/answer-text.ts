/** Which part of a completion a string verifier compares. */
import { joinedBoxes } from './dialects/math-verify.ts'
import { strip } from './dialects/python-text.ts'
import { lastTagContent } from './dialects/search-r1.ts'

export const ANSWER_PLACES = ['whole', 'answer-tag', 'boxed'] as const
export type AnswerPlace = (typeof ANSWER_PLACES)[number]

/** The whole completion, the content of its last answer tag or of its last box; undefined when there is none. */
export function answerText(completion: string, place: AnswerPlace): string | undefined {
  if (place === 'whole') return completion
  const text = place === 'boxed' ? joinedBoxes(completion) : lastTagContent(completion, 'answer')
  return text === undefined ? undefined : strip(text)
}
