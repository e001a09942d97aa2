/** `guerdon/preferences`: preference data: curating it, making more of it, planning it, simulating it, judging by it. */
export { herding } from './audit/herding.ts'
export { irreducibleError } from './audit/irreducible-error.ts'
export { type RewardConsistency, rewardConsistency } from './audit/reward-consistency.ts'
export { type SourceConflict, sourceConflict } from './audit/source-conflict.ts'
export { underspecification } from './audit/underspecification.ts'
export type { Benchmark, BenchmarkItem } from './benchmarks/benchmark.ts'
export { benchmarks } from './benchmarks/benchmarks.ts'
export { flipByStrength } from './numerics/flip-by-strength.ts'
export { preferenceStrength } from './numerics/preference-strength.ts'
export { strengthGroups } from './numerics/strength-groups.ts'
export {
  type ActiveQuery,
  type ActiveQueryOptions,
  activeQueries,
} from './preferences/active/active-queries.ts'
export { contrastPartners } from './preferences/contrast/contrast-mining.ts'
export { contrastPairs } from './preferences/contrast/contrast-pairs.ts'
export { convexAugmentation } from './preferences/contrast/convex-augmentation.ts'
export { adaptiveK } from './preferences/curation/adaptive-k.ts'
export { adaptiveRetrieval } from './preferences/curation/adaptive-retrieval.ts'
export { closestThree } from './preferences/curation/closest-three.ts'
export { type CurateOptions, curate } from './preferences/curation/curate.ts'
export type { CurationReport } from './preferences/curation/curation-report.ts'
export { fileJournal, memoryJournal } from './preferences/curation/decision-journal.ts'
export { krippendorffAlpha } from './preferences/curation/krippendorff-alpha.ts'
export { meanStrength } from './preferences/curation/mean-strength.ts'
export { curationPage } from './preferences/curation/report-page.ts'
export { rewardStrengths } from './preferences/curation/reward-strengths.ts'
export { skyworkFilter } from './preferences/curation/skywork-filter.ts'
export {
  type CurationParts,
  type SkyworkOptions,
  skyworkRounds,
} from './preferences/curation/skywork-rounds.ts'
export type { StrengthSource } from './preferences/curation/strength-source.ts'
export { weightedKappa } from './preferences/curation/weighted-kappa.ts'
export { annotator } from './preferences/testbed/annotator.ts'
export { encodeWorld } from './preferences/testbed/encode-world.ts'
export { drawPopulationWorld, drawWorld } from './preferences/testbed/worlds.ts'
export {
  inferenceDistances,
  labelVariance,
  meanInferenceDistance,
} from './preferences/topology/inference-distance.ts'
export { LabellingPlan, treeCovariance } from './preferences/topology/labelling-plan.ts'
export { choosePairs, samplePreferenceTree } from './preferences/topology/preference-tree.ts'
