/** Re-shapes the vectors' inputs for the string dialects, formats and small evaluation formulas. No formula lives here. */

import { scoreGeo3k } from '../../../../src/signals/verifiers/dialects/geo3k.ts'
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
import { extractSearchR1 } from '../../../../src/signals/verifiers/dialects/search-r1.ts'
import { stripString } from '../../../../src/signals/verifiers/dialects/strip-string.ts'

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
        normMathReward: stripString(answer),
        prm800k: equalPrm800k(gold, answer),
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

export const functions: Record<string, Adapter> = {}
