/**
 * Guerdon: reward engineering for RL post-training.
 * Importing it loads no model, opens nothing and changes nothing.
 */
export type { Alert, Verdict } from './audit/alert.ts'
export { type AuditOptions, type AuditReport, audit } from './audit/audit.ts'
export type { AuditRow } from './audit/audit-table.ts'
export type { Finding } from './audit/diagnostic.ts'
export { Watch, type WatchOptions } from './audit/watch.ts'
export * from './kinds/advantage.ts'
export * from './kinds/combiner.ts'
export * from './kinds/inputs.ts'
export {
  type Example,
  METHOD,
  type Method,
  type PaperReference,
  TRAINERS,
  type Trainer,
  type Use,
} from './kinds/method.ts'
export * from './kinds/preset.ts'
export * from './kinds/shaping.ts'
export * from './kinds/signal.ts'
export * from './numerics/grouped.ts'
export { RandomStream } from './numerics/random.ts'
export { RolloutBatch } from './records/batch.ts'
export * from './records/column.ts'
export { type ErrorCode, type ErrorPlace, GuerdonError } from './records/error.ts'
export type { PreferencePair } from './records/preference.ts'
export type { Ranking } from './records/ranking.ts'
export type { Rating } from './records/rating.ts'
export {
  completionText,
  type Message,
  parseRollout,
  promptText,
  type Rollout,
  type Step,
  type Text,
} from './records/rollout.ts'
export type { StepLabels } from './records/stepwise.ts'
export { type CompileOptions, compile } from './reward/compile.ts'
export { type Difference, difference } from './reward/diff.ts'
export { type Explanation, explain } from './reward/explain.ts'
export { loadSpec } from './reward/load-spec.ts'
export * from './reward/methods.generated.ts'
export type { Plan } from './reward/plan.ts'
export { Registry, registry } from './reward/registry.ts'
export {
  createReward,
  Reward,
  type RewardState,
  type ScoredBatch,
  type ScoreOptions,
} from './reward/score.ts'
export { type FinishedRows, type StreamOptions, scoreStream } from './reward/score-stream.ts'
export {
  type AdvantageUse,
  defineReward,
  type OnError,
  type RewardSpec,
  type SignalUse,
} from './reward/spec.ts'
export { type RunSummary, SummaryGatherer } from './reward/summary.ts'
export { type TrainerWarning, trainerWarnings } from './reward/trainer-warnings.ts'
