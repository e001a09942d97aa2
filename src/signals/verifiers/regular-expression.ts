/**
 * Whether a completion matches a regular expression. Range {0, 1}. Matching takes time linear in the text whatever the
 * pattern is (RE2); patterns that need backtracking are refused with the reason.
 */
import { createRequire } from 'node:module'
import type { RE2JS } from 're2js'
import { z } from 'zod'
import { defineSignal } from '../../kinds/signal.ts'
import { GuerdonError, messageOf } from '../../records/error.ts'
import { byCompletion } from '../by-completion.ts'

export interface PatternOptions {
  readonly caseSensitive: boolean
  readonly multiline: boolean
  readonly dotMatchesNewline: boolean
}

/** RE2, loaded by the first pattern: parameters are checked at once, so it cannot be waited for. */
function re2(): typeof RE2JS {
  return (createRequire(import.meta.url)('re2js') as { RE2JS: typeof RE2JS }).RE2JS
}

/** Why RE2 cannot take a pattern, in words; undefined when it can. */
export function patternProblem(pattern: string): string | undefined {
  try {
    re2().compile(pattern)
    return undefined
  } catch (thrown) {
    const message = messageOf(thrown)
    if (/\(\?<?[=!]/.test(pattern)) {
      return `look-around cannot be matched in linear time and is not part of RE2 (${message})`
    }
    if (/\\[1-9]|\\k</.test(pattern) && message.includes('escape')) {
      return `back-references cannot be matched in linear time and are not part of RE2 (${message})`
    }
    return `not a pattern RE2 can read (${message})`
  }
}

/**
 * A compiled pattern.
 * @throws GuerdonError PARAMETER_INVALID for a pattern that RE2 does not have, with the reason
 */
export function compilePattern(pattern: string, options: PatternOptions): RE2JS {
  const problem = patternProblem(pattern)
  if (problem !== undefined) {
    throw new GuerdonError('PARAMETER_INVALID', problem, {
      where: { field: 'regular-expression.pattern' },
      found: pattern,
      expected: 'a regular expression in RE2 syntax',
    })
  }
  const RE2 = re2()
  let flags = 0
  if (!options.caseSensitive) flags |= RE2.CASE_INSENSITIVE
  if (options.multiline) flags |= RE2.MULTILINE
  if (options.dotMatchesNewline) flags |= RE2.DOTALL
  return RE2.compile(pattern, flags)
}

export const regularExpression = defineSignal({
  name: 'regular-expression',
  summary: 'Whether the completion, or a part of it, matches a regular expression (RE2, linear time).',
  range: '{0, 1}',
  grain: 'rollout',
  aliases: ['regex', 'pattern', 'regexp'],
  parameters: z.object({
    pattern: z
      .string()
      .min(1)
      .superRefine((pattern, context) => {
        const problem = patternProblem(pattern)
        if (problem !== undefined) context.addIssue({ code: 'custom', message: problem })
      })
      .describe('regular expression in RE2 syntax: no look-around, no back-references'),
    match: z
      .enum(['part', 'whole'])
      .default('part')
      .describe('part: found anywhere; whole: the completion from start to end'),
    caseSensitive: z.boolean().default(true).describe('whether letter case matters'),
    multiline: z.boolean().default(false).describe('^ and $ also match at line breaks'),
    dotMatchesNewline: z.boolean().default(false).describe('the dot also matches line breaks'),
    negate: z.boolean().default(false).describe('reward completions that do not match'),
  }),
  examples: [
    {
      title: 'a date somewhere',
      parameters: { pattern: '\\d{4}-\\d{2}-\\d{2}' },
      input: { rollouts: [{ completion: 'due 2026-11-24.' }, { completion: 'due soon' }] },
      result: [1, 0],
    },
    {
      title: 'nothing but an apology',
      parameters: { pattern: "i('m| am) sorry.*", match: 'whole', caseSensitive: false, negate: true },
      input: { rollouts: [{ completion: "I'm sorry, no." }, { completion: 'Here it is.' }] },
      result: [0, 1],
    },
  ],
  score(batch, { pattern, match, negate, ...options }) {
    const compiled = compilePattern(pattern, options)
    return byCompletion(batch, (completion) => {
      const found = match === 'whole' ? compiled.matches(completion) : compiled.matcher(completion).find()
      return found !== negate ? 1 : 0
    })
  },
})
