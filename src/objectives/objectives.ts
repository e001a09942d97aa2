/** Every objective, by name. */
import { GuerdonError } from '../records/error.ts'
import { allPairsBradleyTerry } from './all-pairs-bradley-terry.ts'
import { bradleyTerry } from './bradley-terry.ts'
import { bradleyTerryRegularised } from './bradley-terry-regularised.ts'
import { bradleyTerryRobust } from './bradley-terry-robust.ts'
import { bradleyTerrySmoothed } from './bradley-terry-smoothed.ts'
import { bradleyTerrySoft } from './bradley-terry-soft.ts'
import { bradleyTerryTieSquared } from './bradley-terry-tie-squared.ts'
import { categoricalReward } from './categorical-reward.ts'
import { contrastLoss } from './contrast-loss.ts'
import { contrastiveDifferences, contrastivePairs } from './contrastive-preference.ts'
import { critiqueReward } from './critique-reward.ts'
import { davidson } from './davidson.ts'
import { dpo } from './dpo.ts'
import { focalBradleyTerry } from './focal-bradley-terry.ts'
import { focalRankingInternlm } from './focal-ranking-internlm.ts'
import { implicitBetaDpo } from './implicit-beta-dpo.ts'
import { ktoPair } from './kto-pair.ts'
import { lengthHead } from './length-head.ts'
import { lengthNormalisedBradleyTerry } from './length-normalised-bradley-terry.ts'
import { limitedTrajectoryPpo } from './limited-trajectory-ppo.ts'
import { listnet } from './listnet.ts'
import { maskedRegression } from './masked-regression.ts'
import { meanVarianceReward } from './mean-variance-reward.ts'
import { metarmDifference } from './meta-reward.ts'
import { mixtureBradleyTerry } from './mixture-bradley-terry.ts'
import { mmDpo } from './mm-dpo.ts'
import { moreRanking, moreWeightedRanking } from './more-ranking.ts'
import { mossBradleyTerry } from './moss-bradley-terry.ts'
import type { Objective } from './objective.ts'
import { ordinalLogit } from './ordinal-logit.ts'
import { pairwiseHinge } from './pairwise-hinge.ts'
import { plackettLuce } from './plackett-luce.ts'
import { processBce } from './process-bce.ts'
import { processTwoClass } from './process-two-class.ts'
import { raoKupper } from './rao-kupper.ts'
import { ratingCrossEntropy } from './rating-cross-entropy.ts'
import { simcse } from './simcse.ts'
import { strengthBradleyTerry } from './strength-bradley-terry.ts'
import { strengthDpo } from './strength-dpo.ts'
import { adaptiveMargin, softLabelMargin } from './strength-margin.ts'
import { swav } from './swav.ts'
import { variationalPreference } from './variational-preference.ts'

export const objectives: readonly Objective[] = [
  allPairsBradleyTerry,
  bradleyTerryRegularised,
  bradleyTerryRobust,
  bradleyTerrySmoothed,
  bradleyTerrySoft,
  bradleyTerryTieSquared,
  bradleyTerry,
  categoricalReward,
  contrastLoss,
  contrastivePairs,
  contrastiveDifferences,
  critiqueReward,
  davidson,
  dpo,
  focalBradleyTerry,
  focalRankingInternlm,
  implicitBetaDpo,
  ktoPair,
  lengthHead,
  lengthNormalisedBradleyTerry,
  limitedTrajectoryPpo,
  listnet,
  maskedRegression,
  meanVarianceReward,
  metarmDifference,
  mixtureBradleyTerry,
  mmDpo,
  moreRanking,
  moreWeightedRanking,
  mossBradleyTerry,
  ordinalLogit,
  pairwiseHinge,
  plackettLuce,
  processBce,
  processTwoClass,
  raoKupper,
  ratingCrossEntropy,
  simcse,
  strengthBradleyTerry,
  strengthDpo,
  adaptiveMargin,
  softLabelMargin,
  swav,
  variationalPreference,
] as unknown as readonly Objective[]

/**
 * The objective of a name; other names that people know it by are found too.
 *
 * @throws GuerdonError SPEC_UNKNOWN_METHOD naming the objectives there are
 */
export function objectiveNamed(name: string): Objective {
  const found =
    objectives.find((objective) => objective.name === name) ??
    objectives.find((objective) => objective.aliases?.includes(name))
  if (found === undefined)
    throw new GuerdonError('SPEC_UNKNOWN_METHOD', `there is no objective "${name}"`, {
      expected: objectives.map((objective) => objective.name).join(', '),
    })
  return found
}
