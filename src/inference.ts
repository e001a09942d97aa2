/** `guerdon/inference`: running models that others trained: encoders, scorers, causal models, the hub. */
export {
  CausalModel,
  type CausalModelSpec,
  type CompletionLogProbabilities,
} from './inference/causal-model.ts'
export {
  CONVERSATION_TEMPLATES,
  type ConversationTemplate,
  encodedText,
  promptBefore,
} from './inference/conversation-text.ts'
export { type CachedEncoder, cached } from './inference/embedding-cache.ts'
export {
  type EmbedOptions,
  type Encoder,
  type EncoderSpec,
  encoderSpec,
  type OpenEncoderOptions,
  openEncoder,
} from './inference/encoder.ts'
export { HashedNGrams } from './inference/hashed-n-grams.ts'
export { downloadModel, type HubModel } from './inference/hub.ts'
export { normaliseRows, type Pooling, poolTokens } from './inference/pool-tokens.ts'
export { type StepScores, scoreStepsRemotely } from './inference/remote/endpoint-steps.ts'
export {
  type OpenTextScorerOptions,
  openTextScorer,
  type TextScorer,
  type TextScorerSpec,
  textScorerSpec,
} from './inference/text-scorer.ts'
