// Written by scripts/make-registry.ts from the makers' calls; do not edit.

import { grpo } from '../advantages/grpo.ts'
import { weightedSum } from '../combining/weighted-sum.ts'
import type { Preset } from '../kinds/preset.ts'
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
import { zScore } from '../shaping/z-score.ts'
import { length } from '../signals/length.ts'
import type { AnyMethod } from './registry.ts'

export const methods: readonly AnyMethod[] = [
  length,
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
  zScore,
  weightedSum,
  grpo,
]

export const presets: readonly Preset[] = []

export {
  affine,
  calibrationReward,
  centre,
  clip,
  clipSteps,
  cosineLength,
  deltaSteps,
  difficultyTiers,
  fittedSigmoid,
  groupLengthPenaltyShaping,
  grpo,
  kimiLength,
  length,
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
  weightedSum,
  zScore,
}
