/** `guerdon/reward-models`: training reward models from preferences, and scoring with them, in a program of one's own. */
export { type Calibration, calibrate } from './reward-models/calibrate.ts'
export {
  type Categories,
  type EncodedPairs,
  pairsOfFeatures,
  selectPairs,
} from './reward-models/encoded-pairs.ts'
export { featureContributions } from './reward-models/feature-contributions.ts'
export { meanFeatureCosine } from './reward-models/feature-cosine.ts'
export { joinPairs } from './reward-models/join-pairs.ts'
export { metaSetOfPairs, trainMetaReward } from './reward-models/meta-reward.ts'
export { mixturePreference } from './reward-models/mixture-preference.ts'
export { adaptMixture } from './reward-models/mixture-users.ts'
export { loadRewardModel, type Manifest, readManifest, saveRewardModel } from './reward-models/model-file.ts'
export { type PairQuality, pairQualityOf } from './reward-models/pair-quality.ts'
export {
  defineRecipe,
  type Recipe,
  type RecipeContext,
  type ScoreInputs,
  type ScoreOutputs,
  type TrainedRewardModel,
  type TrainingSplit,
} from './reward-models/recipe.ts'
export { recipeNamed, recipes } from './reward-models/recipes.ts'
export { FusionIndex, fuseReward } from './reward-models/reward-fusion.ts'
export {
  type Conversation,
  type OpenRewardModelOptions,
  RewardModel,
  type RewardOutput,
  rewardOutput,
} from './reward-models/reward-model.ts'
export { heldOutQuality, scorePairs } from './reward-models/score-pairs.ts'
export { openRowScorer, type RowScores } from './reward-models/score-rows.ts'
export { sourceAblation } from './reward-models/source-ablation.ts'
export { strengthReport, trainWithStrength } from './reward-models/strength-aware.ts'
export { voteStrength } from './reward-models/strength-votes.ts'
export { type TrainContext, type TrainOutcome, trainRewardModel } from './reward-models/train.ts'
export {
  checkTrainConfig,
  readTrainConfig,
  type TrainConfig,
  type TrainConfigInput,
} from './reward-models/train-config.ts'
export {
  asUserVectors,
  posteriorOf,
  type UserPosteriors,
  userPosteriors,
} from './reward-models/user-posterior.ts'
export { extrapolateWeights } from './reward-models/weight-extrapolation.ts'
