/**
 * Whether the final answer of a completion equals the reference, by Guerdon's own verifier or exactly as a trainer's
 * own function would say. Range {0, 1}; the dialect `verl/math-dapo` gives −1 for wrong, as verl does.
 */
import { z } from 'zod'
import { defineSignal } from '../../kinds/signal.ts'
import { type Column, createColumn, invalidate } from '../../records/column.ts'
import { referencesOf } from '../../records/rollout.ts'
import { scoreGeo3k } from './dialects/geo3k.ts'
import { scoreGsm8k } from './dialects/gsm8k.ts'
import { scoreMathDapo, scoreStrictBox } from './dialects/math-dapo.ts'
import { scoreMathReward } from './dialects/math-reward.ts'
import { scoreMathVerify, scoreTrlAccuracy, scoreTrlReasoningAccuracy } from './dialects/math-verify.ts'
import { scorePrimeMath } from './dialects/prime-math.ts'
import { scoreOpenrlhf } from './dialects/prm800k.ts'
import { equivalent, goldProblem, type PreparedGold, prepareGold } from './math/equivalent.ts'
import { EXTRACTION_RULES, extractAnswer } from './math/extract-answer.ts'

const equal = (gold: string, answer: string): boolean => equivalent(gold, answer).verdict === 'equal'

/** What each trainer's own function answers for (completion, gold). */
const dialects = {
  'verl/math-dapo': (completion, gold) => scoreMathDapo(completion, gold).score,
  'verl/math-dapo-strict-box': scoreStrictBox,
  'verl/gsm8k': (completion, gold) => scoreGsm8k(completion, gold, 'strict'),
  'verl/gsm8k-flexible': (completion, gold) => scoreGsm8k(completion, gold, 'flexible'),
  'verl/math-reward': scoreMathReward,
  'verl/geo3k': (completion, gold) => scoreGeo3k(completion, gold),
  'verl/prime-math': (completion, gold) => scorePrimeMath(completion, gold),
  openrlhf: (completion, gold) => scoreOpenrlhf(completion, gold),
  'trl/accuracy': (completion, gold) => scoreTrlAccuracy(completion, gold, equal),
  'trl/reasoning-accuracy': (completion, gold) => scoreTrlReasoningAccuracy(completion, gold, equal),
  'math-verify': (completion, gold) => Number(scoreMathVerify(completion, gold, equal)),
} satisfies Record<string, (completion: string, gold: string) => number>

type Dialect = keyof typeof dialects

export const mathAnswer = defineSignal({
  name: 'math-answer',
  summary: 'Whether the final answer is mathematically equal to the reference.',
  paper: {
    slug: '00-verifiers',
    title: 'Verifiers that people train with',
    source: 'Method A; the dialects: Method B',
  },
  range: '{0, 1}; {−1, 1} for the verl/math-dapo dialects',
  aliases: ['math verify', 'math_reward', 'accuracy', 'correctness', 'boxed', 'gsm8k'],
  grain: 'rollout',
  parameters: z.object({
    dialect: z
      .enum(['own', ...(Object.keys(dialects) as Dialect[])])
      .default('own')
      .describe('own: Guerdon’s verifier; otherwise the number that the named trainer’s function gives'),
    rules: z
      .array(z.enum(EXTRACTION_RULES))
      .min(1)
      .default(['answer-tag', 'boxed'])
      .describe('where an answer may stand; the default suits training, all six suit evaluation'),
    reasoning: z
      .enum(['cut', 'keep', 'require'])
      .default('cut')
      .describe('cut looks after the last </think> only, require finds nothing without it'),
    units: z
      .enum(['strip', 'compare', 'require'])
      .default('strip')
      .describe('what becomes of units after a number'),
    percent: z.enum(['strict', 'lenient']).default('strict').describe('lenient also takes 50 for 50 %'),
    sets: z
      .enum(['strict', 'loose'])
      .default('strict')
      .describe('loose compares sets with tuples and bare lists'),
    decimals: z
      .int()
      .min(0)
      .max(20)
      .default(6)
      .describe('decimals to which a number with a decimal point must agree'),
    relativeTolerance: z
      .number()
      .nonnegative()
      .default(0)
      .describe('further tolerance for numbers; 0 = none'),
  }),
  examples: [
    {
      title: 'a boxed fraction against its decimal, a wrong answer, and no answer',
      input: {
        rollouts: [
          { completion: 'So it is $\\boxed{\\frac{1}{2}}$.', reference: '0.5' },
          { completion: '<answer>41</answer>', reference: '42' },
          { completion: 'I do not know.', reference: '42' },
        ],
      },
      result: [1, 0, 0],
    },
    {
      title: 'no reference to compare with',
      input: { rollouts: [{ completion: '\\boxed{7}' }] },
      result: [null],
    },
    {
      title: 'verl’s DAPO function wants “Answer:” and gives −1 without it',
      parameters: { dialect: 'verl/math-dapo' },
      input: {
        rollouts: [
          { completion: 'Answer: 42', reference: '42' },
          { completion: '\\boxed{42}', reference: '42' },
        ],
      },
      result: [1, -1],
    },
  ],
  score(
    batch,
    { dialect, rules, reasoning, units, percent, sets, decimals, relativeTolerance },
    { evidence },
  ) {
    const column = createColumn(batch.size)
    const options = { units, percent, sets, decimals, relativeTolerance }
    // The rollouts of a prompt share its gold answer: it is read once.
    const golds = new Map<string, PreparedGold>()
    for (let row = 0; row < batch.size; row++) {
      const references = referencesOf(batch.rollouts[row]!)
      const completion = batch.completions[row]!
      if (references.length === 0) invalidate(column, row, 'no reference')
      else if (dialect !== 'own')
        column.values[row] = Math.max(...references.map((gold) => dialects[dialect](completion, gold)))
      else {
        const answer = extractAnswer(completion, { rules, reasoning })
        if (answer === undefined)
          note(column, row, 'no answer found', evidence ? { rules, found: null } : undefined)
        else judge(column, row, answer.text, references, golds, options, evidence ? answer : undefined)
      }
    }
    return column
  },
})

function note(column: Column, row: number, reason: string, evidence: unknown): void {
  column.reasons ??= []
  column.reasons[row] = reason
  if (evidence === undefined) return
  column.evidence ??= []
  column.evidence[row] = evidence
}

/** 1 if the answer equals any reference; invalid if none of them can be read. */
function judge(
  column: Column,
  row: number,
  answer: string,
  references: readonly string[],
  golds: Map<string, PreparedGold>,
  options: Parameters<typeof equivalent>[2],
  extracted: object | undefined,
): void {
  let undecided: string | undefined
  let problem: string | undefined
  for (const reference of references) {
    let gold = golds.get(reference)
    if (gold === undefined) {
      gold = prepareGold(reference)
      golds.set(reference, gold)
    }
    const result = equivalent(gold, answer, options)
    if (extracted !== undefined) {
      column.evidence ??= []
      column.evidence[row] = {
        answer: extracted,
        reference,
        verdict: result.verdict,
        rung: result.rung,
        why: result.evidence,
      }
    }
    if (result.verdict === 'equal') {
      column.values[row] = 1
      return
    }
    problem = goldProblem(gold)
    if (problem === undefined && result.verdict === 'undecided') undecided = result.evidence
  }
  if (problem !== undefined && references.length === 1) invalidate(column, row, problem)
  else if (undecided !== undefined) note(column, row, `undecided: ${undecided}`, undefined)
}
