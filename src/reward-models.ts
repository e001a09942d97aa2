/** `guerdon/reward-models`: training reward models from preferences, and scoring with them, in a program of one's own. */
export { type Calibration, calibrate } from './reward-models/calibrate.ts'
export {
  type Categories,
  type EncodedPairs,
  pairsOfFeatures,
  selectPairs,
} from './reward-models/encoded-pairs.ts'
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
export {
  type Conversation,
  type OpenRewardModelOptions,
  RewardModel,
  type RewardOutput,
  rewardOutput,
} from './reward-models/reward-model.ts'
export { openRowScorer, type RowScores } from './reward-models/score-rows.ts'
export { type TrainContext, type TrainOutcome, trainRewardModel } from './reward-models/train.ts'
export {
  checkTrainConfig,
  readTrainConfig,
  type TrainConfig,
  type TrainConfigInput,
} from './reward-models/train-config.ts'
