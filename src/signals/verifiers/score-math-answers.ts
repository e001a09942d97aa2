/** Scores a batch of completions against their references: what the signal `math-answer` does. */
import type { RolloutBatch } from '../../records/batch.ts'
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
import { extractAnswer } from './math/extract-answer.ts'
import type { ExtractionRule } from './math/extraction-rules.ts'
import type { MATH_DIALECTS } from './math-answer.ts'

const equal = (gold: string, answer: string): boolean => equivalent(gold, answer).verdict === 'equal'

type Dialect = (typeof MATH_DIALECTS)[number]

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
} satisfies Record<Dialect, (completion: string, gold: string) => number>

export interface MathAnswerParameters {
  readonly dialect: 'own' | Dialect
  readonly rules: readonly ExtractionRule[]
  readonly reasoning: 'cut' | 'keep' | 'require'
  readonly units: 'strip' | 'compare' | 'require'
  readonly percent: 'strict' | 'lenient'
  readonly sets: 'strict' | 'loose'
  readonly decimals: number
  readonly relativeTolerance: number
}

/**
 * One score a rollout: the best over its references. No reference, or one that cannot be read, makes a row invalid;
 * no answer and an undecided comparison give 0 with the reason.
 */
export function scoreMathAnswers(
  batch: RolloutBatch,
  { dialect, rules, reasoning, ...options }: MathAnswerParameters,
  evidence: boolean,
): Column {
  const column = createColumn(batch.size)
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
}

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
