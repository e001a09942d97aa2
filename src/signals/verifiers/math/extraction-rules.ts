/** The places where an answer may stand. */

/** The rules, in the order in which they are tried. */
export const EXTRACTION_RULES = ['answer-tag', 'boxed', 'hashes', 'phrase', 'latex', 'last'] as const

export type ExtractionRule = (typeof EXTRACTION_RULES)[number]

/** The rules for training: only formats that a policy writes on purpose, so that no stray number earns a reward. */
export const TRAINING_RULES: readonly ExtractionRule[] = ['answer-tag', 'boxed']
