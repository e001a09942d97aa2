// Written by scripts/make-registry.ts from the makers' calls; do not edit.

import { beta } from '../advantages/beta.ts'
import { boostCorrect } from '../advantages/boost-correct.ts'
import { drGrpo } from '../advantages/dr-grpo.ts'
import { dynamicSampling } from '../advantages/dynamic-sampling.ts'
import { gae } from '../advantages/gae.ts'
import { grpo } from '../advantages/grpo.ts'
import { hardnessScale } from '../advantages/hardness-scale.ts'
import { normaliseThenSum } from '../advantages/normalise-then-sum.ts'
import { opo } from '../advantages/opo.ts'
import { passAtK } from '../advantages/pass-at-k.ts'
import { reinforce } from '../advantages/reinforce.ts'
import { reinforcePlusPlus } from '../advantages/reinforce-plus-plus.ts'
import { reinforcePlusPlusBaseline } from '../advantages/reinforce-plus-plus-baseline.ts'
import { remax } from '../advantages/remax.ts'
import { rloo } from '../advantages/rloo.ts'
import { sigmaFilter } from '../advantages/sigma-filter.ts'
import { winRate } from '../advantages/win-rate.ts'
import { allOf } from '../combining/all-of.ts'
import { anyOf } from '../combining/any-of.ts'
import { ensemble } from '../combining/ensemble.ts'
import { gatedBonus } from '../combining/gated-bonus.ts'
import { harmonicMean } from '../combining/harmonic-mean.ts'
import { hedgeRouting } from '../combining/hedge-routing.ts'
import { hybrid } from '../combining/hybrid.ts'
import { hybridRule } from '../combining/hybrid-rule.ts'
import { lexicographic } from '../combining/lexicographic.ts'
import { min } from '../combining/min.ts'
import { not } from '../combining/not.ts'
import { processAggregate } from '../combining/process-aggregate.ts'
import { product } from '../combining/product.ts'
import { properScore } from '../combining/proper-score.ts'
import { renorm } from '../combining/renorm.ts'
import { sum } from '../combining/sum.ts'
import { weightedSum } from '../combining/weighted-sum.ts'
import { zAverage } from '../combining/z-average.ts'
import type { Preset } from '../kinds/preset.ts'
import { remoteReward } from '../reward-models/remote-reward-signal.ts'
import { rewardModel } from '../reward-models/reward-model-signal.ts'
import { sequenceClassifier } from '../reward-models/sequence-classifier-signal.ts'
import { affine } from '../shaping/affine.ts'
import { calibrationReward } from '../shaping/calibration-reward.ts'
import { centre } from '../shaping/centre.ts'
import { clip } from '../shaping/clip.ts'
import { clipSteps } from '../shaping/clip-steps.ts'
import { cosineLength } from '../shaping/cosine-length.ts'
import { deltaSteps } from '../shaping/delta-steps.ts'
import { difficultyTiers } from '../shaping/difficulty-tiers.ts'
import { fittedSigmoid } from '../shaping/fitted-sigmoid.ts'
import { groupLengthPenaltyShaping } from '../shaping/group-length-penalty.ts'
import { kimiLength } from '../shaping/kimi-length.ts'
import { klPenalty } from '../shaping/kl-penalty.ts'
import { logSigmoid } from '../shaping/log-sigmoid.ts'
import { longReplyPenalty } from '../shaping/long-reply-penalty.ts'
import { preferenceAsReward } from '../shaping/preference-as-reward.ts'
import { rank } from '../shaping/rank.ts'
import { runningClip } from '../shaping/running-clip.ts'
import { runningMeanStd } from '../shaping/running-mean-std.ts'
import { runningMinMax } from '../shaping/running-min-max.ts'
import { sigmoid } from '../shaping/sigmoid.ts'
import { softOverlong } from '../shaping/soft-overlong.ts'
import { stepReturns } from '../shaping/step-returns.ts'
import { stopProperly } from '../shaping/stop-properly.ts'
import { tanh } from '../shaping/tanh.ts'
import { truncationPenalty } from '../shaping/truncation-penalty.ts'
import { winRateScaling } from '../shaping/win-rate-scaling.ts'
import { zScore } from '../shaping/z-score.ts'
import { answerFormat } from '../signals/format/answer-format.ts'
import { formatOnce } from '../signals/format/format-once.ts'
import { reasoningSteps } from '../signals/format/reasoning-steps.ts'
import { repetition } from '../signals/format/repetition.ts'
import { statedConfidence } from '../signals/format/stated-confidence.ts'
import { tagCount } from '../signals/format/tag-count.ts'
import { taggedFormat } from '../signals/format/tagged-format.ts'
import { thinkFormat } from '../signals/format/think-format.ts'
import { length } from '../signals/length.ts'
import { bleu } from '../signals/text/bleu.ts'
import { rougeLSignal } from '../signals/text/rouge-l.ts'
import { codeTests } from '../signals/verifiers/code/code-tests.ts'
import { exactMatch } from '../signals/verifiers/exact-match.ts'
import { fuzzyMatch } from '../signals/verifiers/fuzzy-match.ts'
import { jsonSchema } from '../signals/verifiers/json-schema.ts'
import { mathAnswer } from '../signals/verifiers/math-answer.ts'
import { multipleChoice } from '../signals/verifiers/multiple-choice.ts'
import { qaExactMatch } from '../signals/verifiers/qa-exact-match.ts'
import { regularExpression } from '../signals/verifiers/regular-expression.ts'
import { bleuberi } from './presets/bleuberi.ts'
import { dler } from './presets/dler.ts'
import { harmo } from './presets/harmo.ts'
import { rlcr } from './presets/rlcr.ts'
import type { AnyMethod } from './registry.ts'

export const methods: readonly AnyMethod[] = [
  answerFormat,
  formatOnce,
  reasoningSteps,
  repetition,
  statedConfidence,
  tagCount,
  taggedFormat,
  thinkFormat,
  length,
  bleu,
  rougeLSignal,
  codeTests,
  exactMatch,
  fuzzyMatch,
  jsonSchema,
  mathAnswer,
  multipleChoice,
  qaExactMatch,
  regularExpression,
  remoteReward,
  rewardModel,
  sequenceClassifier,
  affine,
  calibrationReward,
  centre,
  clipSteps,
  clip,
  cosineLength,
  deltaSteps,
  difficultyTiers,
  fittedSigmoid,
  groupLengthPenaltyShaping,
  kimiLength,
  klPenalty,
  logSigmoid,
  longReplyPenalty,
  preferenceAsReward,
  rank,
  runningClip,
  runningMeanStd,
  runningMinMax,
  sigmoid,
  softOverlong,
  stepReturns,
  stopProperly,
  tanh,
  truncationPenalty,
  winRateScaling,
  zScore,
  allOf,
  anyOf,
  ensemble,
  gatedBonus,
  harmonicMean,
  hedgeRouting,
  hybridRule,
  hybrid,
  lexicographic,
  min,
  not,
  processAggregate,
  product,
  properScore,
  renorm,
  sum,
  weightedSum,
  zAverage,
  beta,
  boostCorrect,
  drGrpo,
  dynamicSampling,
  gae,
  grpo,
  hardnessScale,
  normaliseThenSum,
  opo,
  passAtK,
  reinforcePlusPlusBaseline,
  reinforcePlusPlus,
  reinforce,
  remax,
  rloo,
  sigmaFilter,
  winRate,
]

export const presets: readonly Preset[] = [bleuberi, dler, harmo, rlcr]

export {
  affine,
  allOf,
  answerFormat,
  anyOf,
  beta,
  bleu,
  bleuberi,
  boostCorrect,
  calibrationReward,
  centre,
  clip,
  clipSteps,
  codeTests,
  cosineLength,
  deltaSteps,
  difficultyTiers,
  dler,
  drGrpo,
  dynamicSampling,
  ensemble,
  exactMatch,
  fittedSigmoid,
  formatOnce,
  fuzzyMatch,
  gae,
  gatedBonus,
  groupLengthPenaltyShaping,
  grpo,
  hardnessScale,
  harmo,
  harmonicMean,
  hedgeRouting,
  hybrid,
  hybridRule,
  jsonSchema,
  kimiLength,
  klPenalty,
  length,
  lexicographic,
  logSigmoid,
  longReplyPenalty,
  mathAnswer,
  min,
  multipleChoice,
  normaliseThenSum,
  not,
  opo,
  passAtK,
  preferenceAsReward,
  processAggregate,
  product,
  properScore,
  qaExactMatch,
  rank,
  reasoningSteps,
  regularExpression,
  reinforce,
  reinforcePlusPlus,
  reinforcePlusPlusBaseline,
  remax,
  remoteReward,
  renorm,
  repetition,
  rewardModel,
  rlcr,
  rloo,
  rougeLSignal,
  runningClip,
  runningMeanStd,
  runningMinMax,
  sequenceClassifier,
  sigmaFilter,
  sigmoid,
  softOverlong,
  statedConfidence,
  stepReturns,
  stopProperly,
  sum,
  tagCount,
  taggedFormat,
  tanh,
  thinkFormat,
  truncationPenalty,
  weightedSum,
  winRate,
  winRateScaling,
  zAverage,
  zScore,
}
