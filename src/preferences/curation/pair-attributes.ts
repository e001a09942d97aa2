/** What the form of a completion shows at a glance, to be compared between chosen and rejected. */

export interface PairAttribute {
  readonly name: string
  /** completes "completions that …" */
  readonly phrase: string
  has(text: string): boolean
}

const refusals =
  /\b(?:i (?:can(?:no|')t|am not able to|am unable to|won't|will not) (?:help|answer|assist|provide|do|discuss|speak|comply)|i(?:'m| am) sorry|sorry,|i apologi[sz]e|as an ai\b|not something i can)/i
const hedges =
  /\b(?:perhaps|maybe|possibly|it depends|all depends|i(?:'m| am) not (?:entirely |quite )?sure|hard to say|it seems|to some extent|might be)\b/i

const pattern =
  (expression: RegExp): ((text: string) => boolean) =>
  (text) =>
    expression.test(text)

export const pairAttributes: readonly PairAttribute[] = [
  { name: 'list', phrase: 'hold a list', has: pattern(/^[ \t]*(?:[-*•]|\d{1,2}[.)])[ \t]+\S/m) },
  { name: 'bold', phrase: 'use bold type', has: pattern(/\*\*[^*\n]+\*\*|__[^_\n]+__/) },
  { name: 'heading', phrase: 'have headings', has: pattern(/^#{1,6} \S/m) },
  { name: 'code', phrase: 'hold code', has: pattern(/```|`[^`\n]+`/) },
  { name: 'link', phrase: 'hold a link', has: pattern(/https?:\/\/|\[[^\]\n]+\]\([^)\n]+\)/) },
  { name: 'paragraphs', phrase: 'have several paragraphs', has: (text) => text.trim().includes('\n\n') },
  { name: 'question', phrase: 'end with a question', has: pattern(/\?["')\]]*\s*$/) },
  { name: 'exclamation', phrase: 'exclaim', has: (text) => text.includes('!') },
  { name: 'digits', phrase: 'hold digits', has: pattern(/\d/) },
  { name: 'refusal', phrase: 'refuse or apologise', has: pattern(refusals) },
  { name: 'hedge', phrase: 'hedge', has: pattern(hedges) },
]

/** The attributes of a text as bits, the first attribute the lowest. */
export function attributesOf(text: string): number {
  let bits = 0
  for (let index = 0; index < pairAttributes.length; index++)
    if (pairAttributes[index]!.has(text)) bits |= 1 << index
  return bits
}
