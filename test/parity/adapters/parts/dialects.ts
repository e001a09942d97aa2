/** Re-shapes the vectors' inputs for the string dialects, formats and small evaluation formulas. No formula lives here. */

import { calibration } from '../../../../src/numerics/calibration.ts'
import { confidenceVote } from '../../../../src/numerics/confidence-vote.ts'
import { meanPassAtK } from '../../../../src/numerics/pass-at-k.ts'
import { bestConfidence, expectedReward } from '../../../../src/numerics/proper-score.ts'
import { hasAnswerFormat } from '../../../../src/signals/format/answer-format.ts'
import { hasBlocksOnce } from '../../../../src/signals/format/format-once.ts'
import { stepShare } from '../../../../src/signals/format/reasoning-steps.ts'
import { repetitionPenalty } from '../../../../src/signals/format/repetition.ts'
import { type RlcrColumns, rlcrColumns } from '../../../../src/signals/format/rlcr-columns.ts'
import { lenientConfidence } from '../../../../src/signals/format/stated-confidence.ts'
import { tagShare } from '../../../../src/signals/format/tag-count.ts'
import { hasThinkFormat } from '../../../../src/signals/format/think-format.ts'
import { sameOutput, sameOutputOpenR1 } from '../../../../src/signals/verifiers/code/compare-stdout.ts'
import { extractCode, extractPrimeCode } from '../../../../src/signals/verifiers/code/extract-code.ts'
import { scoreTests } from '../../../../src/signals/verifiers/code/score-tests.ts'
import { geo3kFormat, scoreGeo3k } from '../../../../src/signals/verifiers/dialects/geo3k.ts'
import { extractGsm8k, scoreGsm8k } from '../../../../src/signals/verifiers/dialects/gsm8k.ts'
import {
  extractStrictBox,
  normalizeMathDapo,
  scoreMathDapo,
  scoreStrictBox,
} from '../../../../src/signals/verifiers/dialects/math-dapo.ts'
import {
  equalMathReward,
  extractMathReward,
  scoreMathReward,
} from '../../../../src/signals/verifiers/dialects/math-reward.ts'
import {
  type AnswerEqual,
  scoreMathVerify,
  scoreTrlAccuracy,
  scoreTrlReasoningAccuracy,
} from '../../../../src/signals/verifiers/dialects/math-verify.ts'
import { extractPrimeMath } from '../../../../src/signals/verifiers/dialects/prime-math.ts'
import {
  equalPrm800k,
  extractOpenrlhf,
  scoreOpenrlhf,
} from '../../../../src/signals/verifiers/dialects/prm800k.ts'
import {
  extractSearchR1,
  matchesAnswer,
  normalizeAnswer,
} from '../../../../src/signals/verifiers/dialects/search-r1.ts'
import { stripString } from '../../../../src/signals/verifiers/dialects/strip-string.ts'
import { extractJson } from '../../../../src/signals/verifiers/extract-json.ts'
import { compileSchema } from '../../../../src/signals/verifiers/json-schema.ts'

// biome-ignore lint/suspicious/noExplicitAny: the vectors' inputs have no type of their own
type Input = any
type Adapter = (input: Input) => unknown | Promise<unknown>

/** The columns of `equivalent` and `score-completion`; `equal` is the verifier behind trl and Math-Verify. */
export function dialectColumns(equal: AnswerEqual) {
  return {
    equivalent({ gold, answer }: Input) {
      return {
        mathDapo: normalizeMathDapo(gold) === normalizeMathDapo(answer),
        normDapo: normalizeMathDapo(answer),
        mathReward: equalMathReward(gold, answer),
        normMathReward: stripString(answer) ?? null,
        prm800k: equalPrm800k(gold, answer),
        mathVerify: equal(gold, answer) === true,
      }
    },
    scoreCompletion({ gold, completion }: Input) {
      const prime = extractPrimeMath(completion)
      return {
        mathDapo: scoreMathDapo(completion, gold),
        strictBoxPred: extractStrictBox(completion) ?? null,
        strictBox: scoreStrictBox(completion, gold),
        gsm8kStrict: extractGsm8k(completion, 'strict') ?? null,
        gsm8kFlexible: extractGsm8k(completion, 'flexible') ?? null,
        gsm8kScore: scoreGsm8k(completion, gold),
        mathReward: scoreMathReward(completion, gold),
        mathRewardExtract: extractMathReward(completion) ?? null,
        openrlhfExtract: extractOpenrlhf(completion) ?? null,
        openrlhf: scoreOpenrlhf(completion, gold),
        geo3k: scoreGeo3k(completion, gold),
        primeMatch: [prime.matched, prime.text],
        searchR1Extract: extractSearchR1(completion) ?? null,
        trlAccuracy: scoreTrlAccuracy(completion, gold, equal),
        trlReasoningAccuracy: scoreTrlReasoningAccuracy(completion, gold, equal),
        mathVerify: scoreMathVerify(completion, gold, equal),
      }
    },
  }
}

const rlcr = ['format', 'accuracy', 'brier', 'total', 'meanConfidence', 'confidenceOneOrZero'] as const
/** Columns of a pattern without a confidence. */
const rlcrPlain = ['format', 'accuracy'] as const

export const functions: Record<string, Adapter> = {
  '00-verifiers/format-rewards': ({ completion }) => ({
    trlThinkFormat: Number(hasThinkFormat(completion)),
    openR1Format: Number(hasAnswerFormat(completion)),
    openR1TagCount: tagShare(completion),
    openR1ReasoningSteps: stepShare(completion),
    openR1CodeFormatPython: Number(hasAnswerFormat(completion, 'python')),
    geo3kFormat: geo3kFormat(completion),
  }),
  '00-verifiers/repetition-penalty': ({ ngram, maxPenalty, ids, texts }) => ({
    trl: ids.map((list: number[]) => repetitionPenalty(list, ngram, maxPenalty)),
    openR1: texts.map((text: string) => repetitionPenalty(text, ngram, maxPenalty)),
  }),
  '00-verifiers/qa-exact-match': ({ prediction, golds }) => ({
    normalised: normalizeAnswer(prediction),
    em: matchesAnswer(prediction, golds, 'em'),
    subEm: matchesAnswer(prediction, golds, 'sub'),
  }),
  '00-verifiers/extract-code': ({ completion }) => ({
    openR1Python: extractCode(completion, 'python'),
    openR1Cpp: extractCode(completion, 'cpp'),
    primeCode: extractPrimeCode(completion),
  }),
  '00-verifiers/stdout-compare': ({ stdout, expected }) => ({
    openR1: sameOutputOpenR1(stdout, expected),
    strict: sameOutput(stdout, expected),
  }),
  '00-verifiers/code-score': ({ passed, total }) => ({
    passFail: scoreTests(passed, total, 'pass-fail'),
    partial: scoreTests(passed, total, 'partial'),
    weightedSum: scoreTests(passed, total, 'weighted'),
    binary: scoreTests(passed, total, 'binary'),
  }),
  '00-verifiers/json-schema': async ({ schema, document }) => ({
    valid: (await compileSchema(schema))(JSON.parse(document)).valid,
  }),
  '00-verifiers/json-extract': ({ completion }) => {
    const found = extractJson(completion)
    return { found: found !== undefined, value: found?.value ?? null }
  },
  '33-r1-reward/format-check': ({ text }) => ({
    valid: hasBlocksOnce(text, ['think', 'answer'], 'nothing'),
  }),
  '33-r1-reward/repetition-penalty': ({ text, n, max }) => ({ penalty: repetitionPenalty(text, n, max) }),
  '54-rlcr/rlcr-rewards': ({ completions, answer, pattern, weights }) => {
    const rows = completions.map((completion: string) =>
      rlcrColumns(completion, answer, { pattern, weights, notANumber: 'accept' }),
    )
    const names = pattern.includes('c') ? rlcr : rlcrPlain
    return Object.fromEntries(names.map((name) => [name, rows.map((row: RlcrColumns) => row[name])]))
  },
  '54-rlcr/confidence-extractor': ({ text }) => {
    const { confidence, valid } = lenientConfidence(text)
    return { confidence, valid: Number(valid) }
  },
  '54-rlcr/normalize-answer': ({ text }) => ({ normalized: normalizeAnswer(text) }),
  '54-rlcr/calibration': ({ correct, confidence, bins }) => {
    const { brier, ece, auroc } = calibration(correct, confidence, bins)
    return { brier, ece, auroc: auroc ?? Number.NaN }
  },
  '54-rlcr/pass-at-k': ({ correct, k }) => ({ value: meanPassAtK(correct, k) }),
  '54-rlcr/expected-reward': ({ p, q, rule }) => ({
    expected: q.map((confidence: number) => expectedReward(rule, p, confidence)),
    argmax: bestConfidence(rule, p, q),
  }),
  '54-rlcr/confidence-vote': ({ answers, confidence }) => {
    const { weights, ...vote } = confidenceVote(answers, confidence)
    return { ...vote, weights: Object.fromEntries(weights) }
  },
}
