/**
 * The class of an invalid row's reason: a label of metrics must come from a closed list, and a reason's sentence may
 * quote what a model wrote.
 */

/** Every class there is. */
export const REASON_CLASSES = [
  'timeout',
  'failed',
  'cancelled',
  'missing-input',
  'no-answer',
  'out-of-range',
  'invalid-reference',
  'other',
] as const

export type ReasonClass = (typeof REASON_CLASSES)[number]

/**
 * First fit. The patterns stand on the sentences of the signals and are tied to where those begin or end, so that
 * quoted words inside them decide nothing.
 */
const PATTERNS: readonly (readonly [ReasonClass, RegExp])[] = [
  // A call that took too long may end as a failure as well: time comes first.
  ['timeout', /^no answer within |^failed: .*\btim(?:e|ed)[ -]?out\b|^its tests took longer than /i],
  ['timeout', /^test \d+ of \d+: time-limit\b/],
  ['failed', /^failed: |^test \d+ of \d+: |could not be checked: |^the interpreter broke down/],
  ['cancelled', /^cancelled\b/],
  ['missing-input', /^no (?:[\w-]+ )?(?:reference|token count|tokens|finish_reason|training step)\b/],
  ['missing-input', /^no (?:reference )?log-probabilit|^the rollout has (?:no|neither) |^has no tests$/],
  ['missing-input', /\b(?:is missing|is unknown)$|^"[^"]*": is missing\b/],
  ['no-answer', /^no answer found$|^the completion (?:states|has|contains) no |^no (?:complete|valid) /],
  ['no-answer', /^no (?:value|score)$/],
  ['out-of-range', /\b(?:is not between|lies outside|is (?:below|above|not finite)|above 0$)/],
  ['invalid-reference', /^the (?:gold|reference)\b/],
]

/**
 * The class of a reason as it is stored with a row; `other` for a sentence that is not known and for none.
 *
 * @example reasonClass('no answer within 3 s') // 'timeout'
 */
export function reasonClass(reason: string | undefined): ReasonClass {
  if (reason === undefined) return 'other'
  return PATTERNS.find(([, pattern]) => pattern.test(reason))?.[0] ?? 'other'
}
